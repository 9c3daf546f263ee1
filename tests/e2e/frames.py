# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the ptrd authors
"""Ethernet frames and pcap files, written and read byte by byte."""

import dataclasses
import ipaddress
import struct

UDP, TCP, ICMP = 17, 6, 1
IPV4, IPV6, ARP, VLAN = 0x0800, 0x86DD, 0x0806, 0x8100


@dataclasses.dataclass
class Path:
    """Source and destination, of either IP version."""

    source: str
    destination: str
    source_port: int = 40000
    destination_port: int = 53
    source_mac: bytes = b"\x02\x00\x00\x00\x00\x02"
    destination_mac: bytes = b"\x02\x00\x00\x00\x00\x01"
    vlan: int = None

    @property
    def version(self):
        return ipaddress.ip_address(self.source).version

    def reversed(self):
        return dataclasses.replace(
            self, source=self.destination, destination=self.source, source_port=self.destination_port,
            destination_port=self.source_port, source_mac=self.destination_mac, destination_mac=self.source_mac)


def internet_checksum(data):
    """RFC 1071; 0 for data that includes its own correct checksum."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def udp(path, payload, checksum=None, length=None):
    """A UDP datagram; `checksum` and `length` replace the right values."""
    length = 8 + len(payload) if length is None else length
    header = struct.pack("!HHHH", path.source_port, path.destination_port, length, 0)
    if checksum is None:
        checksum = internet_checksum(_pseudo_header(path, len(header) + len(payload)) + header + payload) or 0xFFFF
    return header[:6] + struct.pack("!H", checksum) + payload


def partial_checksum(path, payload):
    """The UDP checksum as a kernel leaves it to a card: only the pseudo-header's sum is in its place."""
    return 0xFFFF ^ internet_checksum(_pseudo_header(path, 8 + len(payload)))


def ipv4(path, payload, protocol=UDP, options=b"", fragment=0x4000, checksum=None, identification=0):
    """An IPv4 packet; `fragment` is the 16-bit field of flags and offset, "don't fragment" by default."""
    header_size = 20 + len(options)
    header = struct.pack("!BBHHHBBH4s4s", 0x40 | header_size // 4, 0, header_size + len(payload), identification, fragment,
                         64, protocol, 0, _packed(path.source), _packed(path.destination)) + options
    if checksum is None:
        checksum = internet_checksum(header)
    return header[:10] + struct.pack("!H", checksum) + header[12:] + payload


def ipv6(path, payload, next_header=UDP):
    return struct.pack("!IHBB", 6 << 28, len(payload), next_header, 64) + _packed(path.source) + \
        _packed(path.destination) + payload


def ethernet(path, packet, ether_type=None):
    ether_type = ether_type or (IPV4 if path.version == 4 else IPV6)
    tag = struct.pack("!HH", VLAN, path.vlan) if path.vlan is not None else b""
    return path.destination_mac + path.source_mac + tag + struct.pack("!H", ether_type) + packet


def query_frame(path, message, checksum=None):
    """A whole frame with a DNS message."""
    datagram = udp(path, message, checksum)
    return ethernet(path, ipv4(path, datagram) if path.version == 4 else ipv6(path, datagram))


@dataclasses.dataclass
class Decoded:
    path: Path
    payload: bytes
    hop_limit: int
    problems: list  # wrong lengths and checksums, in words


def decode(frame):
    """A frame with UDP in it, everything verified; None for any other."""
    destination_mac, source_mac = frame[:6], frame[6:12]
    ether_type, = struct.unpack_from("!H", frame, 12)
    at, vlan = 14, None
    if ether_type == VLAN:
        vlan, ether_type = struct.unpack_from("!HH", frame, 14)
        at = 18
    if ether_type not in (IPV4, IPV6):
        return None
    problems = []
    packet = frame[at:]
    if ether_type == IPV4:
        header_size = (packet[0] & 15) * 4
        total, protocol, hop_limit = struct.unpack("!H", packet[2:4])[0], packet[9], packet[8]
        source, destination = packet[12:16], packet[16:20]
        if internet_checksum(packet[:header_size]) != 0:
            problems.append("IP checksum")
    else:
        header_size = 40
        total, protocol, hop_limit = 40 + struct.unpack("!H", packet[4:6])[0], packet[6], packet[7]
        source, destination = packet[8:24], packet[24:40]
    if protocol != UDP:
        return None
    if total > len(packet):
        problems.append("IP length")
    datagram = packet[header_size:total]
    source_port, destination_port, length, checksum = struct.unpack_from("!HHHH", datagram)
    if length != len(datagram):
        problems.append("UDP length")
    path = Path(str(ipaddress.ip_address(source)), str(ipaddress.ip_address(destination)), source_port,
                destination_port, source_mac, destination_mac, vlan)
    if checksum == 0:
        problems.append("UDP checksum missing")
    elif internet_checksum(_pseudo_header(path, len(datagram)) + datagram) != 0:
        problems.append("UDP checksum")
    return Decoded(path, datagram[8:], hop_limit, problems)


def write_pcap(path, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(struct.pack("<IIII", number // 1000000, number % 1000000, len(frame), len(frame)) + frame)


def read_pcap(path):
    with open(path, "rb") as file:
        data = file.read()
    # libpcap writes the machine's byte order, with micro- or nanoseconds.
    order = next(o for o in "<>" if struct.unpack_from(o + "I", data)[0] in (0xA1B2C3D4, 0xA1B23C4D))
    at, frames = 24, []
    while at < len(data):
        captured, = struct.unpack_from(order + "I", data, at + 8)
        frames.append(data[at + 16:at + 16 + captured])
        at += 16 + captured
    return frames


def _packed(address):
    return ipaddress.ip_address(address).packed


def _pseudo_header(path, size):
    # RFC 768; RFC 8200, section 8.1
    ends = _packed(path.source) + _packed(path.destination)
    return ends + (struct.pack("!BBH", 0, UDP, size) if path.version == 4 else struct.pack("!IHBB", size, 0, 0, UDP))
