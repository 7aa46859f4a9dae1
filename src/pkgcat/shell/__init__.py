"""What commands share: session, options, completion, prompts."""
