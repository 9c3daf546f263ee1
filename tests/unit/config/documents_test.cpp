// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// The configuration's reference and the manual pages against the table of keys: they name every key and
// option, with its default.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "config/keys.hpp"
#include "config/reader.hpp"

namespace ptrd::config {
namespace {

using Complaints = std::vector<std::string>;

std::string read(const std::string& path) {
  std::ifstream file(PTRD_UNIT_TESTS "/../../tools/" + path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

const char* const kReference = "dist/ptrd.yaml";
const char* const kKeysPage = "man/ptrd.yaml.5.scd";
const char* const kOptionsPage = "man/ptrd.8.scd";

/// Without scdoc's markup, with one blank between words.
std::string plain(const std::string& text) {
  std::string without;
  for (const char c : text) {
    if (c != '*' && c != '_' && c != '\\') without += c;
  }
  std::istringstream words(without);
  std::string all;
  for (std::string word; words >> word;) all += (all.empty() ? "" : " ") + word;
  return all;
}

/// Whether a plain text states the default in a sentence.
bool tells_default(const std::string& text, const std::string& what) {
  const std::string sentence = "Default: " + plain(what);
  return text.ends_with(sentence) || text.find(sentence + ".") != std::string::npos;
}

/// Checks for what `text`, the description of `key`, leaves out.
void check_description(const Key& key, const std::string& name, const std::string& text,
                       const std::string& value, Complaints& complaints) {
  if (!tells_default(text, value))
    complaints.push_back(fmt::format("{}: its description has to end \"Default: {}.\"", name, value));
  for (const std::string& word : key.value.words) {
    if (text.find(word) == std::string::npos)
      complaints.push_back(fmt::format("{}: {} is not described", name, word));
  }
}

/// The entries of a manual page: heading and description, both plain.
std::map<std::string, std::string> entries(const std::string& page) {
  std::map<std::string, std::string> found;
  std::istringstream lines(page);
  std::string heading;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('\t')) {
      if (!heading.empty()) found[heading] += (found[heading].empty() ? "" : " ") + plain(line);
    } else {
      heading = line.starts_with('*') ? plain(line) : "";
    }
  }
  return found;
}

Complaints check_keys_page(const std::string& page) {
  Complaints complaints;
  auto left = entries(page);
  for (const Key& key : keys()) {
    const auto entry = left.find(plain(key.name) + (key.live ? " (live)" : ""));
    if (entry == left.end()) {
      complaints.push_back(fmt::format("{}: no entry; add\n*{}*{}\n\t{}. Default: {}.", key.name, key.name,
                                       key.live ? " (live)" : "", key.help, default_of(key)));
      continue;
    }
    check_description(key, key.name, entry->second, default_of(key), complaints);
    left.erase(entry);
  }
  for (const auto& [heading, text] : left) complaints.push_back(heading + ": not a key");
  return complaints;
}

Complaints check_options_page(const std::string& page) {
  Complaints complaints;
  const auto all = entries(page);
  for (const Key& key : keys()) {
    if (key.option == nullptr) continue;
    const bool flag = key.value.form == Value::Form::flag;
    const std::string heading = flag ? key.option : fmt::format("{} {}", key.option, placeholder_of(key));
    if (key.option[0] != '-') {
      if (plain(page).find(fmt::format("[-- {}...]", key.option)) == std::string::npos)
        complaints.push_back(fmt::format("{}: not in the synopsis", key.option));
    } else if (const auto entry = all.find(heading); entry == all.end()) {
      complaints.push_back(fmt::format("{}: no entry; add\n*{}*{}\n\t{}. Default: {}.", key.option,
                                       key.option, flag ? "" : " _" + placeholder_of(key) + "_", key.help,
                                       default_of(key)));
    } else if (!flag) {
      check_description(key, key.option, heading + " " + entry->second, default_of(key), complaints);
    }
  }
  return complaints;
}

/// The reference with its examples: a line "#key: value" or "#  more" is YAML, "# text" is not.
std::string with_examples(const std::string& text) {
  std::istringstream lines(text);
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    const bool example =
        line.starts_with("#  ") || (line.size() > 1 && line[0] == '#' && islower(line[1]) != 0);
    all += (example ? line.substr(1) : line) + "\n";
  }
  return all;
}

/// The comments of each key in `text`: those above it, and after its value.
std::map<std::string, std::string> comments(const std::string& text) {
  std::map<std::string, std::string> found;
  std::istringstream lines(text);
  std::string section, comment;
  for (std::string line; std::getline(lines, line);) {
    const size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const size_t hash = std::min(line.find("# "), line.size());
    if (hash < line.size()) comment += " " + line.substr(hash + 2);
    if (indent == line.size() || islower(line[indent]) == 0) continue;
    const std::string name = line.substr(indent, line.find(':') - indent);
    if (indent == 0) section = name;
    found[indent == 0 ? name : section + "." + name] = plain(comment);
    comment.clear();
  }
  return found;
}

void collect(const YAML::Node& map, const std::string& prefix, std::map<std::string, std::string>& values) {
  for (const auto& entry : map) {
    const std::string name = prefix + entry.first.Scalar();
    if (entry.second.IsMap()) {
      collect(entry.second, name + ".", values);
    } else {
      values[name] = entry.second.Scalar();
    }
  }
}

Complaints check_reference(const std::string& reference) {
  Complaints complaints;
  const std::string text = with_examples(reference);
  std::map<std::string, std::string> values;
  collect(YAML::Load(text), "", values);
  auto described = comments(text);
  for (const Key& key : keys()) {
    const auto value = values.find(key.name);
    if (value == values.end()) {
      complaints.push_back(
          fmt::format("{}: not there; add it with its default: {}", key.name, default_of(key)));
      continue;
    }
    const std::vector<std::string> texts = key.value.texts(Config());
    const bool has_default = key.value.form != Value::Form::list && !texts.empty() && !texts[0].empty();
    if (has_default && value->second != texts[0])
      complaints.push_back(fmt::format("{}: {}, but its default is {}", key.name, value->second, texts[0]));
    const std::string& comment = described[key.name];
    if (key.unset != nullptr) check_description(key, key.name, comment, key.unset, complaints);
    if ((comment.find("[live]") != std::string::npos) != key.live)
      complaints.push_back(fmt::format("{}: [live] {}", key.name, key.live ? "is missing" : "is wrong"));
    values.erase(value);
  }
  for (const auto& [name, value] : values) complaints.push_back(name + ": not a key");
  return complaints;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const size_t place = text.find(what);
  EXPECT_NE(place, std::string::npos) << what;
  return place == std::string::npos ? text : text.replace(place, what.size(), by);
}

// tools/dist/ptrd.yaml has every key with its default, says which keys are live, and has no other key.
TEST(Documents, Reference) {
  EXPECT_EQ(check_reference(read(kReference)), Complaints());
}

// ptrd.yaml(5) has an entry for every key that ends with its default, and no other.
TEST(Documents, KeysPage) {
  EXPECT_EQ(check_keys_page(read(kKeysPage)), Complaints());
}

// ptrd(8) has an entry for every option that belongs to a key, with the name of its value and its default.
TEST(Documents, OptionsPage) {
  EXPECT_EQ(check_options_page(read(kOptionsPage)), Complaints());
}

// Each of these checks names the key whose description is missing or wrong.
TEST(Documents, FaultsAreNamed) {
  const auto expect = [](const Complaints& complaints, const std::string& complaint) {
    const bool there = std::any_of(complaints.begin(), complaints.end(),
                                   [&](const std::string& one) { return one.starts_with(complaint); });
    EXPECT_TRUE(there) << complaint << " -- is not among:\n"
                       << fmt::format("{}", fmt::join(complaints, "\n"));
  };
  const std::string reference = read(kReference), keys_page = read(kKeysPage),
                    options_page = read(kOptionsPage);
  expect(check_reference(replaced(reference, "watch-image: false", "")),
         "watch-image: not there; add it with its default: false");
  expect(check_reference(replaced(reference, "idle: 10 ", "idle: 11 ")),
         "tcp.idle: 11, but its default is 10");
  expect(check_reference(replaced(reference, "Default: half", "Default: a third")),
         "image-size: its description has to end \"Default: half of the machine's memory.\"");
  expect(check_reference(replaced(reference, "debug. [live]", "debug.")), "log-level: [live] is missing");
  expect(check_reference(reference + "more: 1\n"), "more: not a key");
  expect(check_keys_page(replaced(keys_page, "*tcp.query*", "tcp.query")), "tcp.query: no entry; add");
  expect(check_keys_page(replaced(keys_page, "16000", "1600")),
         "tcp.connections: its description has to end \"Default: 16000.\"");
  expect(check_keys_page(replaced(keys_page, "*log-level* (live)", "*log-level*")),
         "log-level: no entry; add");
  expect(check_options_page(replaced(options_page, "*--keep*\n", "")), "--keep: no entry; add");
  expect(check_options_page(replaced(options_page, "_poll_|_pause_", "_poll_")), "--idle: no entry; add");
  expect(check_options_page(replaced(options_page, "Default: 1232", "Default: 512")),
         "--udp-payload: its description has to end \"Default: 1232.\"");
}

// tools/dist/ptrd.yaml is read without an error; what is not commented out is the default, except what has
// none.
TEST(Documents, ReferenceIsGood) {
  const auto config = parse_config(read(kReference), "ptrd.yaml");
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(missing_key(*config), "");
  EXPECT_EQ(changed_keys(Config(), *config, true), std::vector<std::string>{"image"});
  EXPECT_EQ(changed_keys(Config(), *config, false), std::vector<std::string>{"listen"});
}

// The values of its examples are valid too: with one of the ports that exclude one another.
TEST(Documents, ReferenceExamplesAreGood) {
  const std::string text = with_examples(read(kReference));
  constexpr std::array<const char*, 3> kPorts = {"\nxdp:", "\ndpdk:", "\nauto:"};
  for (const char* kept : kPorts) {
    std::string one = text;
    for (const char* other : kPorts) {
      if (other == kept) continue;
      const size_t begin = one.find(other);
      ASSERT_NE(begin, std::string::npos);
      one.erase(begin, one.find("\n\n", begin) - begin);
    }
    const auto config = parse_config(one, "ptrd.yaml");
    EXPECT_TRUE(config) << config.error();
  }
}

}  // namespace
}  // namespace ptrd::config
