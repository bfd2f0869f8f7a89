"""Runs a project's tests against its installed wheel and writes a JUnit report.

Called as "session.py JOB.json" by the Python of a virtual environment that holds the wheel. Works from Python 3.6 on and imports nothing
beyond the standard library, and pytest where the job asks for it. Exit codes: 0 all passed, 1 failures, 5 no test ran, 70 not the wheel.
"""

import importlib.util
import inspect
import json
import os
import re
import shutil
import sys
import time
import traceback
import unittest
import warnings
import xml.etree.ElementTree as xml

NOT_THE_WHEEL = 70
NO_TESTS = 5

# What XML 1.0 cannot carry, not even escaped.
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Report(unittest.TestResult):
    """Keeps every outcome as a JUnit test case."""

    def __init__(self, root):
        super().__init__()
        self.buffer = True
        self.root = root
        self.cases = []
        self.started = None

    def startTest(self, test):
        super().startTest(test)
        self.started = time.perf_counter()

    def addSuccess(self, test):
        super().addSuccess(test)
        self.keep(test)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.keep(test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.keep(test, "failure", "passed, but is marked as an expected failure")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.keep(test, "skipped", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.keep(test, "failure", said(err), self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.keep(test, "error", said(err), self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is None:
            return
        failed = issubclass(err[0], test.failureException)
        detail = (self.failures if failed else self.errors)[-1][1]
        self.keep(test, "failure" if failed else "error", said(err), detail, " " + subtest._subDescription())

    def keep(self, test, outcome=None, message=None, detail=None, suffix=""):
        classname, name = names_of(test)
        elapsed = 0 if self.started is None else time.perf_counter() - self.started
        case = xml.Element("testcase", {"classname": clean(classname), "name": clean(name + suffix), "time": "%.6f" % elapsed})
        for key, value in place_of(test, self.root):
            case.set(key, clean(value))
        if outcome:
            xml.SubElement(case, outcome, {"message": clean(message)}).text = clean(detail or "")
        self.cases.append(case)
        sys.__stderr__.write("%s.%s%s ... %s\n" % (classname, name, suffix, outcome or "ok"))
        sys.__stderr__.flush()

    def write(self, path, seconds):
        count = {kind: sum(1 for case in self.cases if case.find(kind) is not None) for kind in ("failure", "error", "skipped")}
        suite = xml.Element("testsuite", {
            "name": "unittest", "tests": str(len(self.cases)), "failures": str(count["failure"]), "errors": str(count["error"]),
            "skipped": str(count["skipped"]), "time": "%.6f" % seconds})
        suite.extend(self.cases)
        xml.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def said(err):
    lines = traceback.format_exception_only(err[0], err[1])[-1].strip().splitlines()
    # A module that cannot be imported carries the whole traceback in its message; the reason is the last line.
    return lines[0] + ": " + lines[-1] if lines[0].startswith("ImportError: Failed to import") else lines[0]


def clean(text):
    return UNPRINTABLE.sub("\ufffd", str(text))


def names_of(test):
    """Class and name. A module that cannot be imported and a failing setUpClass are not test cases, yet must not get lost."""
    if type(test).__name__ == "_FailedTest":
        return test._testMethodName, "import"
    holder = re.match(r"(\w+) \((.+)\)\Z", test.id())
    if holder and not isinstance(test, unittest.TestCase):
        return holder.group(2), holder.group(1)
    if hasattr(test, "_testMethodName") and test.id().endswith("." + test._testMethodName):
        return test.id()[:-len(test._testMethodName) - 1], test._testMethodName
    classname, _, name = test.id().rpartition(".")
    return classname, name


def place_of(test, root):
    try:
        method = getattr(test, getattr(test, "_testMethodName", ""), None)
        file = inspect.getsourcefile(type(test))
        if method is None or file is None or type(test).__module__.startswith("unittest."):
            return []
        line = inspect.unwrap(method).__code__.co_firstlineno
    except (TypeError, AttributeError, ValueError):
        return []
    relative = os.path.relpath(os.path.realpath(file), os.path.realpath(root))
    return [] if relative.startswith(os.pardir) else [("file", relative.replace(os.sep, "/")), ("line", str(line))]


def run_unittest(job):
    tests, root = job["tests"], job["root"]
    package = os.path.isfile(os.path.join(tests, "__init__.py"))
    top = tests
    if package:
        # A package called "test" must come before the standard library's. Beside it lies nothing that could shadow the wheel.
        top = job.get("top") or os.path.dirname(tests)
        sys.path.insert(0, top)
    else:
        # "tests" as a namespace package, as a run from the project's folder sees it; last, so that nothing is shadowed.
        sys.path.append(root)
    loader = unittest.TestLoader()
    suite = loader.discover(tests, pattern=job["pattern"], top_level_dir=top)
    report = Report(root)
    started = time.perf_counter()
    with warnings.catch_warnings():
        if not sys.warnoptions:
            warnings.simplefilter("default")
        suite.run(report)
    report.write(job["report"], time.perf_counter() - started)
    if all(case.find("skipped") is not None for case in report.cases):
        return NO_TESTS
    return 0 if report.wasSuccessful() else 1


def run_pytest(job):
    import pytest

    # xunit1 is the layout that names file and line, which GitLab links to.
    return int(pytest.main(
        ["--junitxml=" + job["report"], "-o", "junit_family=xunit1", "-p", "no:cacheprovider", "--rootdir=" + job["root"]]
        + configuration(job) + job["arguments"] + [job["tests"]]))


def configuration(job):
    """pytest looks for its configuration above the tests; above tests that were put into the wheel's package it is not."""
    if not job.get("top"):
        return []
    for name, section in (("pytest.toml", ""), (".pytest.toml", ""), ("pytest.ini", ""), (".pytest.ini", ""),
                          ("pyproject.toml", "[tool.pytest"), ("tox.ini", "[pytest]"), ("setup.cfg", "[tool:pytest]")):
        path = os.path.join(job["root"], name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as stream:
                if section in stream.read():
                    return ["-c", path]
    return []


def join_the_package(job):
    """Tests inside of a package import it relatively: they are put where the wheel's package is installed. What the wheel brings stays."""
    name = job.get("package")
    spec = importlib.util.find_spec(name) if name else None
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places or not inside(places[0]):
        return
    source, target = job["tests"], os.path.join(places[0], os.path.basename(job["tests"]))
    for folder, _, files in os.walk(source):
        there = os.path.normpath(os.path.join(target, os.path.relpath(folder, source)))
        os.makedirs(there, exist_ok=True)
        for file in files:
            if not os.path.lexists(os.path.join(there, file)):
                shutil.copy2(os.path.join(folder, file), os.path.join(there, file))
    job["tests"], job["top"] = target, os.path.normpath(os.path.join(places[0], *[os.pardir] * (name.count(".") + 1)))


def inside(path):
    prefix = os.path.realpath(sys.prefix) + os.sep
    return path is not None and os.path.realpath(path).startswith(prefix)


def foreign(names):
    """Modules of the wheel that were loaded from elsewhere: then it was not the wheel that was tested."""
    found = []
    for name in names:
        module = sys.modules.get(name)
        if module is None:
            continue
        file = getattr(module, "__file__", None)
        places = [file] if file else list(getattr(module, "__path__", []))
        if not any(inside(place) for place in places):
            found.append("%s from %s" % (name, ", ".join(places) or "nowhere"))
    return found


def is_here(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False


def main(path):
    with open(path, encoding="utf-8") as stream:
        job = json.load(stream)
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if entry and os.path.abspath(entry) != own]
    os.chdir(job["root"])
    with_pytest = job["framework"] == "pytest" or (job["framework"] == "auto" and is_here("pytest"))
    version = "pytest " + sys.modules["pytest"].__version__ if with_pytest and is_here("pytest") else "unittest"
    print("pysign-framework " + version, flush=True)
    join_the_package(job)
    code = run_pytest(job) if with_pytest else run_unittest(job)
    found = foreign(job["modules"])
    if found:
        print("pysign-foreign " + "; ".join(found), flush=True)
        return NOT_THE_WHEEL
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
