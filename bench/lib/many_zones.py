# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Many small zones, as a registry or a provider of virtual servers has them: a /24 of eight records for each customer."""

import os
import shutil

RECORDS = 8
_HOSTS = ((1, "gateway"), (10, "mail"), (11, "www"), (20, "host20"), (21, "host21"))


def write(folder, count):
    """The folder of `count` zone files below `folder`; created unless it has that many."""
    path = os.path.join(folder, "zones")
    if os.path.isdir(path) and len(os.listdir(path)) == count:
        return path
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    for number in range(count):
        apex = f"{number & 255}.{number >> 8 & 255}.{10 + (number >> 16)}.in-addr.arpa"
        with open(f"{path}/{apex}.zone", "w", encoding="ascii") as file:
            file.write("$TTL 86400\n@ SOA ns1.example.net. hostmaster.example.net. 2026113001 14400 3600 1209600 3600\n"
                       "@ NS ns1.example.net.\n@ NS ns2.example.net.\n")
            file.writelines(f"{host} PTR {name}.customer{number}.example.net.\n" for host, name in _HOSTS)
    return path
