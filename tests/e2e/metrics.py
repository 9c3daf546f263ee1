# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""What ptrd tells Prometheus, from the scraper's side."""

import http.client
import re

_SAMPLE = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')
_LABEL = re.compile(r'(\w+)="([^"]*)"')


class Scrape:
    """One answer of /metrics."""

    def __init__(self, text):
        self.text = text
        self.samples = []  # name, labels, value
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, labels, value = _SAMPLE.match(line).groups()
                self.samples.append((name, dict(_LABEL.findall(labels or "")), float(value)))

    @property
    def names(self):
        return {name for name, _, _ in self.samples}

    def sum(self, name, **wanted):
        """The sum of the metric's samples that have all of these labels; an error where there is none."""
        values = [value for sample, labels, value in self.samples if sample == name and wanted.items() <= labels.items()]
        if not values:
            raise AssertionError(f"no {name} with {wanted} in:\n{self.text}")
        return sum(values)

    def ends(self, transport):
        """Where all that a transport received ended: answers, drops and punts."""
        return sum(self.sum(f"ptrd_{what}_total", transport=transport) for what in ("responses", "dropped", "punted"))


def get(port, address="127.0.0.1", path="/metrics", timeout=10):
    """Status and body of a request."""
    connection = http.client.HTTPConnection(address, port, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def scrape(port, address="127.0.0.1"):
    status, body = get(port, address)
    if status != 200:
        raise AssertionError(f"HTTP status {status}: {body}")
    return Scrape(body)


def scrape_in(host, port):
    """The same from within a namespace."""
    with host.inside():
        return scrape(port)
