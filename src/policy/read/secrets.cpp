// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "policy/read/secrets.hpp"

#include <array>
#include <charconv>

#include "policy/cookies.hpp"
#include "policy/read/list_file.hpp"
#include "ptrd/wire/bytes.hpp"

namespace ptrd::policy {

tl::expected<std::vector<SipKey>, std::string> read_secrets(const std::string& path) {
  constexpr size_t kDigits = 2 * sizeof(SipKey);
  std::vector<SipKey> secrets;
  const auto ok = read_list(path, [&](std::string_view line) -> std::string {
    std::array<uint8_t, sizeof(SipKey)> bytes{};
    bool good = line.size() == kDigits;
    for (size_t i = 0; good && i < bytes.size(); ++i) {
      const char* const digits = line.data() + 2 * i;
      const auto [end, error] = std::from_chars(digits, digits + 2, bytes[i], 16);
      good = error == std::errc() && end == digits + 2;
    }
    if (!good) return "expected a secret of 32 hexadecimal digits";
    if (secrets.size() == Cookies::kMaxSecrets)
      return "more than two secrets; keep the current and one other";
    secrets.push_back({wire::load_raw<uint64_t>(bytes.data()), wire::load_raw<uint64_t>(bytes.data() + 8)});
    return {};
  });
  if (!ok) return tl::unexpected(ok.error());
  if (secrets.empty())
    return tl::unexpected(path +
                          ": no secret; write 32 hexadecimal digits, as `openssl rand -hex 16` prints them");
  return secrets;
}

}  // namespace ptrd::policy
