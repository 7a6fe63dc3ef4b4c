#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do the programs that `fourtuple repro` prints show the outcome that `fourtuple try` shows?

A sample of every probe, one case of each of ten matrices, and all of words.cases and
facts.cases: each is printed as C, as Python and, where there is a compiler, as Go, compiled without
a warning, run, and compared with the outcome line byte by byte. Some are printed as a self-test of
the kernel too, and run with the few macros of kselftest_harness.h beside this file.

usage: repro.py BIN_DIR SOURCE_DIR WORK_DIR
"""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

PROBES = ("bind", "listen", "dial", "both", "linger", "order")
MATRICES = 10  # of each probe
RUNS = 8       # at most, of a case whose outcome the kernel draws at random
# Every so many cases only: a Go compiler takes ten times as long, and self-tests are C once more.
GO_EVERY, KSELFTEST_EVERY = 8, 12

bin_dir, source_dir, work_dir = map(os.path.abspath, sys.argv[1:])
fourtuple = os.path.join(bin_dir, "fourtuple")
cc = shutil.which("cc")
go = shutil.which("go")


def run(*command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=100, **more)


def path(name):
    return os.path.join(work_dir, name)


def write(name, text):
    with open(path(name), "w", encoding="utf-8") as file:
        file.write(text)
    return path(name)


def cases_of(file):
    lines = run(fourtuple, "list", "--cases", file).stdout.splitlines()
    return [line.split(" =>")[0] for line in lines]


def sample_of(probe):
    """A case of each of ten matrices, spread over the probe's list, and which one of a matrix
    is another every time."""
    matrices = json.loads(run(os.path.join(bin_dir, f"fourtuple-{probe}"), "--describe").stdout
                          )["matrices"]
    sample = []
    for i in range(MATRICES):
        matrix = matrices[i * len(matrices) // MATRICES]
        cases = cases_of(write("matrix.cases", matrix + "\n"))
        sample.append(cases[(i * 7919 + 13) % len(cases)])
    return sample


def measure(cases):
    """The outcomes that each case has, by its text; those that cannot be run here are left out."""
    file = write("sample.cases", "".join(case + "\n" for case in cases))
    tried = run(fourtuple, "try", "--json", "--no-capture", "--repeat", "3", "--file", file)
    if tried.returncode == 3:
        print(tried.stderr)
        sys.exit(77)
    outcomes = {}
    for record in json.loads(tried.stdout)["cases"]:
        if record["verdict"] not in ("skipped", "broken"):
            outcomes[record["case"]] = set(record.get("seen", [record["outcome"]]))
    return outcomes


class Failed(Exception):
    pass


def must(step, done):
    if done.returncode != 0:
        raise Failed(f"{step}: exit {done.returncode}\n{done.stdout[-400:]}{done.stderr[:1200]}")


def printed(case, target, name):
    """The program's path; None where the target cannot express the case."""
    done = run(fourtuple, "repro", case, "--as", target, "-o", path(name))
    if done.returncode == 2 and "cannot say" in done.stderr:
        return None
    must(f"repro --as {target}", done)
    return path(name)


def compiled_c(source, binary):
    must("cc", run(cc, "-Wall", "-Wextra", "-Werror", "-o", binary, source))
    return [binary]


def compiled_go(source, binary):
    env = dict(os.environ, GO111MODULE="off", GOFLAGS="", GOCACHE=path("go-cache"))
    must("go build", run(go, "build", "-o", binary, source, env=env))
    return [binary]


def is_random(case):
    """Who of a reuseport group gets something is drawn by a hash of the ports."""
    return case.count("reuseport") > 1


# A busy machine is late for retransmissions, and so are these programs: what differs for another
# reason differs every time.
TRIES = 3


def compare(case, wanted, command):
    seen = ""
    for _ in range(RUNS if is_random(case) else TRIES):
        done = run(*command)
        must("the program", done)
        seen = done.stdout.rstrip("\n")
        if seen in wanted:
            return
    raise Failed(f"wanted {' or '.join(sorted(wanted))}\nseen   {seen}")


def check(number, case, wanted, target):
    """False: the target refuses the case."""
    if target == "kselftest" and is_random(case):
        return True  # a test expects one outcome, so it may be refused
    suffix = {"python": ".py", "go": ".go"}.get(target, ".c")
    source = printed(case, target, f"{number}-{target}{suffix}")
    if source is None:
        return False
    binary = path(f"{number}-{target}")
    if target == "python":
        compare(case, wanted, [sys.executable, "-I", "-S", source])
    elif target == "c":
        compare(case, wanted, compiled_c(source, binary))
    elif target == "go":
        compare(case, wanted, compiled_go(source, binary))
    else:
        command = compiled_c(source, binary)
        for _ in range(TRIES):
            done = run(*command)
            if done.returncode == 0:
                break
        must("the self-test", done)
    return True


def main():
    shutil.rmtree(work_dir, ignore_errors=True)
    os.makedirs(path("net"))
    shutil.copy(os.path.join(source_dir, "tests/live/kselftest_harness.h"), work_dir)
    cases = [case for probe in PROBES for case in sample_of(probe)]
    for name in ("words", "facts"):
        cases += cases_of(os.path.join(source_dir, f"tests/cases/{name}.cases"))
    outcomes = measure(list(dict.fromkeys(cases)))
    every = {"python": 1}
    if cc:
        every.update(c=1, kselftest=KSELFTEST_EVERY)
    if go:
        every.update(go=GO_EVERY)
    tasks = [(f"net/{i}", case, target) for i, case in enumerate(outcomes)
             for target in every if i % every[target] == 0]
    equal, refused, failed = 0, 0, 0
    with concurrent.futures.ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:
        futures = {pool.submit(check, i, case, outcomes[case], target): (case, target)
                   for i, case, target in tasks}
        for future in concurrent.futures.as_completed(futures):
            try:
                equal += future.result()
                refused += not future.result()
            except (Failed, subprocess.TimeoutExpired) as problem:
                failed += 1
                case, target = futures[future]
                print(f"{target}: {case[:300]}\n{problem}\n")
    print(f"{len(outcomes)} cases as {', '.join(every)}: {equal} equal, {refused} refused, "
          f"{failed} not")
    # Only extended BPF may be refused: two words of words.cases, by Python and Go.
    sys.exit(failed != 0 or equal < len(PROBES) * MATRICES or refused > 4)


main()
