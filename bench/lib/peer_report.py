# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Results of several servers over several rounds as a Markdown table and as plots."""

import os
import platform
import statistics
import subprocess

# Column: heading, unit's divisor, digits.
COLUMNS = {
    "answered": ("answers, kq/s", 1e3, 0),
    "p50_us": ("median latency at half of that, µs", 1, 0),
    "p99_us": ("99 %, µs", 1, 0),
    "cpu_us": ("CPU a query, µs", 1, 2),
    "compile": ("compile, s", 1, 2),
    "start": ("start, s", 1, 3),
    "cpu": ("CPU, s", 1, 2),
    "memory": ("memory, MB", 1e6, 0),
    "bytes_per_record": ("bytes a record", 1, 0),
    "goodput_1": ("goodput at 1x", 1, 2),
    "goodput_2": ("2x", 1, 2),
    "goodput_3": ("3x", 1, 2),
}
MULTIPLES = (1, 2, 3)


def machine():
    """The properties of the machine that the figures depend on."""
    model = "unknown CPU"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1e6
    return f"{os.cpu_count()} CPUs {model}, {memory:.0f} GB, Linux {platform.release()}"


def summarize(rounds):
    """{label: {key: {median, low, high}}} of the rounds' {label: {key: number}}; missing measurements are omitted."""
    summary = {}
    for label in dict.fromkeys(label for each in rounds for label in each):
        keys = dict.fromkeys(key for each in rounds for key in each.get(label, {}))
        summary[label] = {}
        for key in keys:
            values = [each[label][key] for each in rounds if each.get(label, {}).get(key) is not None]
            if values:
                summary[label][key] = {"median": statistics.median(values), "low": min(values), "high": max(values)}
    return summary


def table(summary):
    """Medians, followed by lowest and highest if they differ from it by more than a tenth."""
    used = [key for key in COLUMNS if any(key in values for values in summary.values())]
    limited = {label for label, values in summary.items() if values.get("of_generator", {}).get("high")}
    lines = ["| server | " + " | ".join(COLUMNS[key][0] for key in used) + " |", "|---" * (len(used) + 1) + "|"]
    for label, values in summary.items():
        cells = [("≥ " if key == "answered" and label in limited else "") + _cell(values.get(key), *COLUMNS[key][1:]) for key in used]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    if limited:
        lines += ["", "≥: the generator could not send or take more."]
    return "\n".join(lines) + "\n"


def _cell(value, divisor, digits):
    if value is None:
        return ""
    text = f"{value['median'] / divisor:.{digits}f}"
    if value["high"] - value["low"] > value["median"] / 10:
        text += f" ({value['low'] / divisor:.{digits}f} to {value['high'] / divisor:.{digits}f})"
    return text


def draw(summary, folder):
    """Writes SVG files of the comparisons; returns their names."""
    names = []
    for key in ("answered", "cpu_us", "start", "memory"):
        if any(key in values for values in summary.values()):
            names.append(_bars(summary, key, os.path.join(folder, f"{key}.svg")))
    if any("goodput_1" in values for values in summary.values()):
        names.append(_overload(summary, os.path.join(folder, "overload.svg")))
    return names


def _bars(summary, key, path):
    heading, divisor, _ = COLUMNS[key]
    rows = [(label, *(values[key][which] / divisor for which in ("median", "low", "high")))
            for label, values in summary.items() if key in values]
    data = "\n".join(f'{number} "{label}" {middle:.6g} {low:.6g} {high:.6g}'
                     for number, (label, middle, low, high) in enumerate(rows))
    # Seconds and megabytes of different servers differ by orders of magnitude.
    scale = "set logscale y\nset yrange [*:*]" if key in ("start", "memory") else "set yrange [0:*]"
    _gnuplot(f"""
set terminal svg size 900,420 background rgb "white"
set output "{path}"
set title "{heading}: median, lowest and highest"
set style fill solid 0.6
set boxwidth 0.6
set grid ytics
set xrange [-0.6:{len(rows) - 0.4}]
{scale}
$data << END
{data}
END
plot $data using 1:3:xtic(2) with boxes notitle, "" using 1:3:4:5 with yerrorbars linecolor "black" pointtype 0 notitle
""")
    return path


def _overload(summary, path):
    lines = {label: values for label, values in summary.items() if "goodput_1" in values}
    data = "".join(f'"{label}"\n' + "".join(f"{multiple} {values[f'goodput_{multiple}']['median']:.4f}\n"
                                            for multiple in MULTIPLES if f"goodput_{multiple}" in values) + "\n\n"
                   for label, values in lines.items())
    plots = ", ".join(f'$data index {number} with linespoints title columnheader(1)' for number in range(len(lines)))
    _gnuplot(f"""
set terminal svg size 900,420 background rgb "white"
set output "{path}"
set title "answers under overload"
set xlabel "load, multiples of each server's own peak"
set ylabel "answers, share of the peak"
set yrange [0:1.2]
set xtics 1
set grid
set key outside right
$data << END
{data}END
plot {plots}
""")
    return path


def _gnuplot(script):
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
