"""Spellings of addresses, and what each of them names."""

import pytest

from pkgcat.model.addresses import explain_no_repository, repository, shorthand
from pkgcat.model.site_addresses import django_packages, pypi_name

HOST_KINDS = {
    "gitlab.example.com": "gitlab",
    "git.example.org": "forgejo",
    "git.example.org:8443": "forgejo",
    "ghe.example.com": "github",
    "bb.example.com": "bitbucket",
    "[::1]:3000": "forgejo",
    "forge": "forgejo",
    "example.org/gitlab": "gitlab",
    "example.org:3000/dev/git": "forgejo",
    "nothing.example.org": None,
}
"""Hosts that config.toml names, or that told their kind."""

SPELLINGS: dict[str, str] = {
    "github.com/example/sample": """
        https://github.com/example/sample
        https://github.com/Example/Sample/
        HTTP://www.GitHub.com/example/sample
        https://github.com./example/sample
        https://github.com:443/example/sample
        //github.com/example/sample
        github.com/example/sample
        github.com:443/example/sample
        example/sample
        example/sample.git
        https://github.com/example/sample.git
        https://github.com/example/sample.GIT
        https://github.com/example/sample.git/
        https://github.com/example/sample.wiki.git
        https://github.com/example/sam%70le
        https://github.com/example/sample?tab=readme-ov-file#readme
        https://github.com/example/sample/tree/main/docs
        https://github.com/example/sample/blob/main/setup.py#L3
        https://github.com/example/sample/issues
        https://github.com/example/sample/issues/3?q=is%3Aopen
        https://github.com/example/sample/pull/4/files
        https://github.com/example/sample/releases/tag/v1.0
        https://github.com/example/sample/archive/refs/heads/main.zip
        https://github.com/example/sample/actions/workflows/ci.yml
        https://github.com/example/sample/wiki/Home
        https://github.com/example/sample/security/advisories
        https://raw.githubusercontent.com/example/sample/main/README.md
        https://codeload.github.com/example/sample/zip/refs/heads/main
        https://api.github.com/repos/example/sample
        https://api.github.com/repos/example/sample/commits?per_page=1
        https://user:secret@github.com/example/sample
        git@github.com:example/sample
        git@github.com:example/sample.git
        git@github.com:/example/sample.git
        git@github.com:example/sample.git@v1.0
        github.com:example/sample.git
        org-123@github.com:example/sample.git
        ssh://git@github.com/example/sample.git
        ssh://git@github.com:22/example/sample.git
        https://github.com:22/example/sample.git
        ssh://git@github.com:example/sample.git
        ssh://git@ssh.github.com:443/example/sample.git
        git@ssh.github.com:443/example/sample.git
        git://github.com/example/sample.git
        git+https://github.com/example/sample
        git+https://github.com/example/sample@v1.0
        git+https://github.com/example/sample@main#egg=sample
        git+https://github.com/example/sample.git@main#egg=sample&subdirectory=src
        git+https://github.com/example/sample@feature/x
        git+http://github.com/example/sample.git@1a2b3c
        git+ssh://git@github.com/example/sample@feature/x
        git+ssh://git@github.com:example/sample.git@v1.0
        git+git://github.com/example/sample.git
        https://github.com/example/sample@v1.0
        https://github.com/example/sample).
        (https://github.com/example/sample)
        <https://github.com/example/sample>
        "https://github.com/example/sample",
        'https://github.com/example/sample';
        https://github.com/example/sample.git.
        https://github.com/example/sample]:
        https://github.com/example/sample/}
        https://github.com/example/sample!
        example/sample).
        """,
    "gitlab.com/group/sub/name": """
        https://gitlab.com/group/sub/name
        https://gitlab.com/Group/Sub/Name.git
        https://gitlab.com/group/sub/name/-/tree/main/docs
        https://gitlab.com/group/sub/name/-/blob/main/setup.py
        https://gitlab.com/group/sub/name/-/issues/3
        https://gitlab.com/group/sub/name/-/merge_requests
        https://gitlab.com/group/sub/name/tree/main
        https://gitlab.com/group/sub/name/blame/main/x.py
        https://gitlab.com/group/sub/name/issues/3
        https://gitlab.com/group/sub/name/pipelines
        git@gitlab.com:group/sub/name.git
        ssh://git@altssh.gitlab.com:443/group/sub/name.git
        git@altssh.gitlab.com:443/group/sub/name.git
        git+https://gitlab.com/group/sub/name.git@v1.0
        gitlab.com:group/sub/name.git
        """,
    "gitlab.com/tags/files": "https://gitlab.com/tags/files/-/tree/main",
    "gitlab.example.com/group/sub/name": """
        https://gitlab.example.com/group/sub/name
        https://gitlab.example.com/group/sub/name/-/tree/main
        https://gitlab.example.com/group/sub/name/-/issues/3
        https://gitlab.example.com/Group/Sub/Name/issues/3
        https://gitlab.example.com/group/sub/name/wikis/home
        gitlab.example.com/group/sub/name.git
        git@gitlab.example.com:group/sub/name.git
        ssh://git@gitlab.example.com:2222/group/sub/name.git
        git+https://gitlab.example.com/group/sub/name@v1.0
        """,
    "git.example.org/owner/tool": """
        https://git.example.org/owner/tool/src/branch/main/setup.py
        https://git.example.org/owner/tool/src/commit/1a2b3c
        https://git.example.org/owner/tool/issues/1
        https://git.example.org/owner/tool/pulls
        https://git.example.org/owner/tool/releases/tag/v1
        https://git.example.org/Owner/Tool.git
        git@git.example.org:owner/tool.git
        git@git.example.org:2222/owner/tool.git
        ssh://git@git.example.org:2222/owner/tool.git
        git+ssh://git@git.example.org/owner/tool@feature/x
        https://git.example.org/owner/tool).
        """,
    "git.example.org:8443/owner/tool": """
        https://git.example.org:8443/owner/tool/src/branch/main
        git.example.org:8443/owner/tool/issues
        """,
    "ghe.example.com/example/sample": """
        https://ghe.example.com/example/sample/tree/main
        git@ghe.example.com:Example/Sample.git
        https://ghe.example.com/api/v3/repos/example/sample
        """,
    "bb.example.com/projects/proj/repos/sample": """
        https://bb.example.com/projects/PROJ/repos/sample/browse
        https://bb.example.com/projects/PROJ/repos/sample/commits?until=main
        https://bb.example.com/scm/PROJ/sample.git
        https://bb.example.com/scm/proj/sample
        """,
    "bb.example.com/users/ann/repos/sample": """
        https://bb.example.com/users/ann/repos/sample/browse
        https://bb.example.com/scm/~ann/sample.git
        """,
    "bb.example.com/stash/projects/proj/repos/sample": """
        https://bb.example.com/stash/projects/PROJ/repos/sample/browse
        """,
    "bitbucket.org/owner/name": "https://api.bitbucket.org/2.0/repositories/owner/name/commits",
    "bb.example.com/owner/name": "https://bb.example.com/owner/name/src/main/README.md",
    "bitbucket.example.com/projects/PROJ/repos/sample": """
        https://bitbucket.example.com/projects/PROJ/repos/sample
        https://bitbucket.example.com/projects/PROJ/repos/sample/browse
        https://bitbucket.example.com/projects/PROJ/repos/sample/browse/setup.py?at=main
        https://bitbucket.example.com/projects/PROJ/repos/sample/pull-requests/4/overview
        """,
    "bitbucket.example.com/users/ann/repos/sample": """
        https://bitbucket.example.com/users/ann/repos/sample/browse
        """,
    "bitbucket.org/example/sample": """
        https://bitbucket.org/example/sample/src/main/README.md
        https://bitbucket.org/example/sample/pull-requests/
        git@bitbucket.org:example/sample.git
        git@altssh.bitbucket.org:443/example/sample.git
        ssh://git@altssh.bitbucket.org:443/example/sample.git
        """,
    "codeberg.org/example/sample": """
        https://codeberg.org/Example/Sample/src/branch/main
        https://codeberg.org/example/sample/issues?state=open
        codeberg.org/example/sample
        ssh://git@codeberg.org/example/sample.git
        """,
    "[::1]:3000/example/sample": """
        https://[::1]:3000/example/sample
        http://[0:0:0:0:0:0:0:1]:3000/Example/sample/issues/3
        [::1]:3000/example/sample
        """,
    "[2001:db8::1]/example/sample": """
        https://[2001:db8::1]/example/sample
        https://[2001:DB8:0::1]:443/example/sample.git
        ssh://git@[2001:db8::1]:2222/example/sample.git
        """,
    "example.org/gitlab/group/sub/name": """
        https://example.org/gitlab/group/sub/name
        https://example.org/GitLab/Group/sub/name.git
        https://www.example.org/gitlab/group/sub/name/-/issues/3
        example.org/gitlab/group/sub/name
        git+https://example.org/gitlab/group/sub/name.git@v1.0
        """,
    "example.org:3000/dev/git/owner/tool": "http://example.org:3000/dev/git/owner/tool/issues/1",
    "example.org/gitlab-mirror/name": "https://example.org/gitlab-mirror/name",
    "forge/example/sample": """
        git@forge:example/sample.git
        https://forge/example/sample/src/branch/main
        """,
    "git.unknown.example/a/B": """
        https://git.unknown.example/a/B
        https://git.unknown.example/a/B/-/tree/main
        https://git.unknown.example/a/B/src/branch/main/setup.py
        https://git.unknown.example/a/B/tree/main
        https://git.unknown.example/a/B.git/tree/setup.py
        https://git.unknown.example/a/B.git/browse/setup.py
        git+https://git.unknown.example/a/B@feature/x
        git@git.unknown.example:a/B.git
        """,
    "git.unknown.example/a/b/c/d": "https://git.unknown.example/a/b/c/d",
    "git.unknown.example:8443/a/b": "https://git.unknown.example:8443/a/b",
    "localhost:3000/a/b": "localhost:3000/a/b",
    "git.xn--p1ai/a/b": "git@git.xn--p1ai:a/b",
    "nothing.example.org/a/b": "https://nothing.example.org/a/b",
    "git.sr.ht/~ann/sample": "https://git.sr.ht/~ann/sample/tree/main",
}
"""Repositories by their keys, and spellings of each."""

NO_REPOSITORIES: dict[str, str] = {
    "is a page of its host": """
        https://github.com/sponsors/example
        https://github.com/orgs/example/repositories
        https://github.com/topics/django
        https://github.com/settings/tokens
        https://github.com/marketplace/actions
        https://github.com/features/actions
        https://github.com/users/example/packages
        https://github.com/Sponsors/example
        git+https://github.com/topics/django
        https://gitlab.com/groups/example/-/issues
        https://gitlab.com/explore/projects
        https://gitlab.com/-/snippets/1
        https://gitlab.com/users/sign_in
        https://gitlab.com/dashboard/projects
        https://codeberg.org/explore/repos
        https://codeberg.org/org/example/teams
        https://codeberg.org/api/v1/repos/example/sample
        https://github.com/advisories/GHSA-x
        https://github.com/solutions/industry
        https://codeberg.org/user/login
        https://bitbucket.org/account/user/example
        https://bitbucket.org/dashboard/overview
        https://gitlab.example.com/groups/example/-/issues
        https://git.example.org/explore/repos
        https://git.unknown.example/explore/repos
        """,
    "names no repository": """
        https://github.com/example
        https://github.com/example?tab=repositories
        https://gitlab.com/example/-/packages
        https://codeberg.org/example/-/packages
        https://git.example.org/owner/-/projects/1
        https://bitbucket.org/example/workspace/projects/P
        https://codeberg.org/example
        https://git.example.org/owner
        https://example.org/gitlab/owner
        """,
    "is an alias|an alias of your ssh configuration": """
        git@github.com-work:example/sample.git
        github.com-work:example/sample.git
        git@work:example/sample.git
        ssh://git@github-work/example/sample.git
        git+ssh://git@work/example/sample.git
        """,
    "test.pypi.org is not PyPI": "https://test.pypi.org/project/sample/",
    "is a page of PyPI that is no project": """
        https://pypi.org/user/ann/
        https://pypi.org/search/?q=django
        """,
    "is a page of Django Packages that is no package": """
        https://djangopackages.org/categories/apps/
        https://djangopackages.org/grids/g/cms/
        https://www.djangopackages.org/profiles/ann/
        https://djangopackages.com/packages/
        djangopackages.org/search/?q=x
        """,
}
"""Addresses that name no repository, by what is said of them."""

NO_ADDRESSES = """
    https://example.org/gitlab
    https://example.org/gitlab/
    sample
    two words
    a/b/c
    /example/sample
    example/
    -example/sample
    sponsors/example
    example/..
    https://
    https:///a/b
    https://[broken/a/b
    https://[v1.a:b]/a/b
    https://github.com/
    https://github.com
    https://github.com/example/..
    https://github.com/../../etc
    https://github.com/exa mple/sample
    https://github.com/exa%2Fmple/sample
    https://git.unknown.example/
    https://git.unknown.example/a/../b
    https://git.unknown.example/a/.git
    ftp://github.com/example/sample
    file:///example/sample
    mailto:ann@example.org
    ann@example.org
    javascript:alert(1)//github.com/example/sample
    pkg:pypi/django@5.0
    https://exa mple.org/a/b
    """

PROJECTS = """
    sample-one
    Sample_One
    sample.one
    SAMPLE--one
    https://pypi.org/project/sample-one/
    https://pypi.org/project/Sample.One/1.0/
    https://pypi.org/project/sample-one/#history
    https://pypi.org/p/sample-one
    https://pypi.org/pypi/sample-one/json
    https://pypi.org/simple/sample-one/
    https://www.pypi.org/project/sample-one
    http://pypi.python.org/pypi/sample-one/1.0
    pypi.org/project/sample-one
    https://pypi.org/project/sample%2Done/
    (https://pypi.org/project/sample-one/).
    <https://pypi.org/project/sample-one/>
    """


def each(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def read(text: str) -> str | None:
    found = repository(text, HOST_KINDS) or shorthand(text)
    return found.key if found else None


def test_the_table_is_large() -> None:
    texts = [*SPELLINGS.values(), *NO_REPOSITORIES.values(), NO_ADDRESSES, PROJECTS]
    assert len({line for text in texts for line in each(text)}) >= 200


@pytest.mark.parametrize(
    ("spelling", "key"), [(one, key) for key, text in SPELLINGS.items() for one in each(text)]
)
def test_every_spelling_of_a_repository_is_its_key(spelling: str, key: str) -> None:
    assert read(spelling) == key
    assert read(f"  {spelling}\n".strip()) == key


@pytest.mark.parametrize("key", SPELLINGS)
def test_the_address_of_a_repository_names_it_again(key: str) -> None:
    found = repository(f"https://{key}", HOST_KINDS)
    assert found is not None
    assert repository(found.url, HOST_KINDS) == found


@pytest.mark.parametrize(
    ("text", "reason"), [(one, why) for why, text in NO_REPOSITORIES.items() for one in each(text)]
)
def test_what_is_no_repository_is_refused_with_a_reason(text: str, reason: str) -> None:
    assert read(text) is None
    found = explain_no_repository(text, HOST_KINDS)
    assert found is not None
    assert any(part in found for part in reason.split("|"))


def test_an_alias_gets_a_hint() -> None:
    reason = explain_no_repository("git@github.com-work:example/sample.git")
    assert reason is not None
    assert reason.endswith("write the host that it means, such as github.com")


@pytest.mark.parametrize("text", each(NO_ADDRESSES))
def test_other_texts_name_no_repository(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("text", each(PROJECTS))
def test_every_spelling_of_a_project_is_one_name(text: str) -> None:
    assert pypi_name(text) == "sample-one"


@pytest.mark.parametrize(
    "text",
    [
        "https://test.pypi.org/project/sample/",
        "https://pypi.org/user/ann/",
        "a/b",
        "https://x.org/project/a",
    ],
)
def test_other_addresses_name_no_project(text: str) -> None:
    assert pypi_name(text) is None


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("https://djangopackages.org/packages/p/sample/", ("packages", "sample")),
        ("http://www.djangopackages.com/packages/p/sample", ("packages", "sample")),
        ("djangopackages.org/packages/p/sample/).", ("packages", "sample")),
        ("https://djangopackages.org/api/v4/packages/1326/", ("packages", "1326")),
        ("https://djangopackages.org/grids/g/cms/", ("grids", "cms")),
        ("https://djangopackages.org/categories/apps/", None),
        ("https://djangopackages.org/profiles/ann/", None),
        ("https://djangopackages.org.example.org/packages/p/sample/", None),
    ],
)
def test_pages_of_django_packages(text: str, page: tuple[str, str] | None) -> None:
    assert django_packages(text) == page


@pytest.mark.parametrize(
    ("address", "owner", "name"),
    [
        ("https://github.com/example/sample", "example", "sample"),
        ("https://gitlab.com/group/sub/name", "sub", "name"),
        ("https://bitbucket.example.com/projects/PROJ/repos/sample", "PROJ", "sample"),
        ("https://launchpad.net/sample", None, "sample"),
    ],
)
def test_a_repository_has_an_owner_and_a_name(address: str, owner: str | None, name: str) -> None:
    found = repository(address)
    assert found is not None
    assert (found.owner, found.name) == (owner, name)
