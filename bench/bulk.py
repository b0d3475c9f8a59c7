"""Importing a million rows: `python bench/bulk.py [ROWS] [--file fuzhou|hunan]`.

Real texts, repeated with new ids, imported by the command as anybody would run it, with everything on: numbers, timeline,
letters, search words, public log, audit. Beside it a bare COPY of the same rows (same columns, search words included) in
the same run, into a table without indexes and into one with the indexes of the cases. The limits: 5,000 rows/s on two
cores that PostgreSQL shares, 500 MB for the importing processes together.
"""

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("HUIYIN_SHARED_DATA", ROOT.parent / "shared" / "data"))
FILES = {
    "fuzhou": ("zh_fuzhou_12345/requests.dev.csv", "id"),
    "hunan": ("zh_taidi_replies/replies.dev.csv", "msg_id"),
}
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--file", choices=FILES, default="fuzhou")
    parser.add_argument("--workers", default="2")
    given = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"REAL DATA NOT FOUND in {SHARED}: set HUIYIN_SHARED_DATA")
    with tempfile.TemporaryDirectory(
        prefix="huiyin-bench-", dir=os.environ.get("HUIYIN_BENCH_FOLDER"), ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o755)
        os.environ["HUIYIN_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.config.settings"
        for name in ("DATABASE_URL", "HUIYIN_TESTING"):
            os.environ.pop(name, None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        try:
            figures = run(given, Path(folder))
        finally:
            stop_server()
    for name, value in figures.items():
        print(f"{name:<44} {value:>16,}" if isinstance(value, int | float) else f"{name:<44} {value:>16}")
    print(json.dumps(figures))


def stop_server() -> None:
    """Stop our PostgreSQL before its folder goes."""
    from django.conf import settings
    from django.db import connections

    from huiyin.config import embedded

    connections.close_all()
    embedded._release(settings.EMBEDDED, os.getpid())  # noqa: SLF001 -- at exit its folder would be gone


def run(given, folder: Path) -> dict[str, object]:
    path, characters = repeated(given.file, given.rows, folder)
    figures: dict[str, object] = {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "machine": f"{os.cpu_count()} × {cpu_name()}",
        "python": platform.python_version(),
        "texts": given.file,
        "rows": given.rows,
        "characters_per_row": round(characters / given.rows),
        "file_megabytes": path.stat().st_size // 2**20,
        "load_before": round(os.getloadavg()[0], 1),
    }
    figures |= imported(given, path)
    figures["load_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures), flush=True)  # the rest takes longer than the import itself
    figures |= again(given, path)
    figures |= bare(given.rows)
    return figures


def repeated(name: str, rows: int, folder: Path) -> tuple[Path, int]:
    """The real file over and over, each row with an id of its own."""
    source, key = FILES[name]
    with (SHARED / source).open(encoding="utf-8-sig", newline="") as handle:
        real = list(csv.DictReader(handle))
    path = folder / "rows.csv"
    characters = 0
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, real[0])
        writer.writeheader()
        for number in range(rows):
            row = real[number % len(real)] | {key: number}
            characters += len(row["title"]) + len(row["body"])
            writer.writerow(row)
    return path, characters


def imported(given, path: Path) -> dict[str, object]:
    before = postgres_seconds()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "huiyin.config.main", "import_cases", str(path), "--workers", given.workers],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    watch = Watch(process.pid)
    out, _err = process.communicate()
    seconds = time.perf_counter() - begun
    told = json.loads(out.splitlines()[-1])
    assert told["accepted"] == given.rows, told
    cpu = watch.stop()
    postgres = postgres_seconds() - before
    return {
        "import_seconds": round(seconds, 1),
        "import_rows_per_s": round(given.rows / seconds),
        "import_peak_megabytes_rss_sum": watch.peak // 2**20,
        "import_peak_megabytes_pss_sum": watch.peak_shared // 2**20,
        "import_cpu_us_per_row_python": round(cpu / given.rows * 1e6),
        "import_cpu_us_per_row_postgresql": round(postgres / given.rows * 1e6),
        # What two cores with nothing else to do would reach if both were always busy.
        "import_rows_per_s_by_cpu_of_2_cores": round(2 * given.rows / (cpu + postgres)),
    }


def again(given, path: Path) -> dict[str, object]:
    begun = time.perf_counter()
    out = subprocess.run(
        [sys.executable, "-m", "huiyin.config.main", "import_cases", str(path), "--workers", given.workers],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    told = json.loads(out.splitlines()[-1])
    assert told["unchanged"] == given.rows, told
    return {"repeated_run_rows_per_s": round(given.rows / (time.perf_counter() - begun))}


def bare(rows: int) -> dict[str, object]:
    """COPY of the very rows that were imported, as PostgreSQL itself writes them out."""
    from django.db import connection

    figures: dict[str, object] = {}
    with connection.cursor() as cursor:
        data = Path(os.environ["HUIYIN_DATA"], "bare.copy")
        with data.open("wb") as handle, cursor.copy("COPY cases_case TO STDOUT") as copy:
            for block in copy:
                handle.write(block)
        for name, how in {
            "bare_copy": "LIKE cases_case",
            "copy_with_indexes": "LIKE cases_case INCLUDING INDEXES INCLUDING CONSTRAINTS",
        }.items():
            cursor.execute(f"CREATE TABLE {name} ({how})")
            begun = time.perf_counter()
            with data.open("rb") as handle, cursor.copy(f"COPY {name} FROM STDIN") as copy:
                while block := handle.read(2**18):
                    copy.write(block)
            figures[f"{name}_rows_per_s"] = round(rows / (time.perf_counter() - begun))
            cursor.execute(f"DROP TABLE {name}")
    return figures


class Watch(threading.Thread):
    """Memory of a process and its children, all together, ten times a second; and their processor time."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.peak_shared, self.seconds = pid, 0, 0, {}
        self.running = True
        self.start()

    def run(self) -> None:
        turn = 0
        while self.running:
            pids = family(self.pid)
            self.peak = max(self.peak, sum(resident(pid) for pid in pids))
            if turn % 20 == 0:
                self.peak_shared = max(self.peak_shared, sum(proportional(pid) for pid in pids))
            for pid in pids:
                self.seconds[pid] = max(self.seconds.get(pid, 0), cpu_seconds(pid))
            turn += 1
            time.sleep(0.1)

    def stop(self) -> float:
        self.running = False
        self.join()
        return sum(self.seconds.values())


def family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    # PostgreSQL, if the command started it, is not the importing process.
    return [pid, *(own for child in children for own in family(int(child)) if "postgres" not in command(own))]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / TICKS


def postgres_seconds() -> float:
    """Processor time of our PostgreSQL: its processes, and those that have ended."""
    folder = os.environ["HUIYIN_DATA"]
    total = 0.0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or command(int(entry.name)).strip() != "postgres":
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
            fields = (entry / "stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if folder in words:  # the postmaster: its own time and that of its children that have ended
            total += sum(int(value) for value in fields[11:15]) / TICKS
            total += sum(cpu_seconds(child) for child in family_of_postmaster(int(entry.name)))
    return total


def family_of_postmaster(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    main()
