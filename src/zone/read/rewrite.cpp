// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "zone/read/rewrite.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ptrd/wire/rdata.hpp"
#include "zone/master_text.hpp"
#include "zone/rdata/encoding.hpp"
#include "zone/rdata/fields.hpp"
#include "zone/rdata/text.hpp"
#include "zone/read/encoder.hpp"
#include "zone/read/words.hpp"

namespace ptrd::zone {
namespace {

using Quotes = WordReader::Quotes;

/// Whether libzscanner reads the mnemonic of a type, and its data.
bool is_known_to_scanner(uint16_t type) {
  return !rdata_fields(type).empty() && !is_encoded_here(type);
}

std::string numbered(uint16_t type) {
  return "TYPE" + std::to_string(type);
}

/// Written by Windows DNS for a record that a client registered, in hours since 1601.
bool is_time_stamp(std::string_view word) {
  return word.ends_with(']') &&
         (same_word(word.substr(0, 5), "[AGE:") || same_word(word.substr(0, 7), "[AGING:"));
}

/// SvcParamKeys younger than libzscanner 3.2, by number: dohpath (RFC 9461 5), ohttp (RFC 9540 4).
std::string_view key_for_scanner(std::string_view key) {
  return same_word(key, "dohpath") ? "key7" : same_word(key, "ohttp") ? "key8" : key;
}

std::string parameter_for_scanner(std::string_view word) {
  const size_t equals = std::min(word.find('='), word.size());
  std::string out(key_for_scanner(word.substr(0, equals)));
  std::string_view value = word.substr(equals);
  if (!same_word(word.substr(0, equals), "mandatory")) return out += escaped_word(value);
  while (!value.empty()) {
    out += value.front();  // '=' or ','
    value.remove_prefix(1);
    const std::string_view key = value.substr(0, value.find(','));
    out += key_for_scanner(key);
    value.remove_prefix(key.size());
  }
  return out;
}

class Rewriter {
 public:
  Rewriter(std::string_view record, const wire::Name& origin)
      : words_(record),
        origin_(origin),
        owned_(!record.empty() && !is_blank(record.front())),
        long_(record.find('\n') != std::string_view::npos) {}

  tl::expected<Rewritten, RewriteFault> run();

 private:
  std::optional<Word> next(Quotes quotes = Quotes::start_a_word);
  void fail(std::string text, size_t line) {
    if (!fault_) fault_ = {std::move(text), line};
  }

  void put(std::string_view text, size_t line);
  void put_name(const Word& word);
  void put_type(const Word& word);
  void put_joined();
  void put_rest(Quotes quotes = Quotes::start_a_word);
  void put_owner();
  std::optional<Word> put_ttl();
  void put_data(const Word& type_word);
  void put_fields(uint16_t type);
  void put_gateway();
  void put_encoded(uint16_t type, const Word& type_word, const std::optional<Word>& first);

  WordReader words_;
  const wire::Name& origin_;
  const bool owned_;  // whether the record states its owner
  const bool long_;   // whether it has several lines
  Rewritten out_;
  size_t line_ = 0;  // newlines in `out_.text`
  std::optional<RewriteFault> fault_;
};

/// The next word, checked.
std::optional<Word> Rewriter::next(Quotes quotes) {
  auto word = words_.next(quotes);
  if (!word) return word;
  if (auto fault = word_fault(*word)) fail(*std::move(fault), word->line);
  return word;
}

void Rewriter::put(std::string_view text, size_t line) {
  for (; line_ < line; ++line_) out_.text += '\n';
  (out_.text += ' ') += text;
}

void Rewriter::put_name(const Word& word) {
  const auto name = name_from_word(word, origin_);
  if (!name) return fail(name.error(), word.line);
  put(name_text(name->bytes()), word.line);
}

void Rewriter::put_type(const Word& word) {
  const auto type = wire::type_from_text(word.text);
  if (type && !is_known_to_scanner(*type)) return put(numbered(*type), word.line);
  put(word.text, word.line);
}

void Rewriter::put_joined() {
  std::string all;
  std::optional<size_t> line;
  while (const auto word = next()) {
    all += word->text;
    if (!line) line = word->line;
  }
  if (line) put(all, *line);
}

void Rewriter::put_rest(Quotes quotes) {
  while (const auto word = next(quotes)) put(escaped_word(word->text), word->line);
}

void Rewriter::put_owner() {
  if (owned_) {
    if (const auto owner = next()) put_name({owner->text, 0});
    out_.text.erase(0, 1);  // the blank before it
  }
  if (long_) put("(", line_);
}

/// TTL and class in either order; gives the word behind them.
std::optional<Word> Rewriter::put_ttl() {
  std::optional<Word> rclass;
  std::optional<Word> ttl;
  while (auto word = next()) {
    const auto take = [&](std::optional<Word>& one, const char* what) {
      if (one) {
        fail(fmt::format("the {} is given twice, as '{}' and '{}'", what, printable(one->text),
                         printable(word->text)),
             word->line);
      }
      one = word;
    };
    if (is_class(word->text)) {
      take(rclass, "class");
      if (!is_class_in(word->text))
        fail(fmt::format("class {} is not supported", printable(word->text)), word->line);
    } else if (word->text.front() >= '0' && word->text.front() <= '9') {
      take(ttl, "TTL");
      put(word->text, word->line);
    } else if (is_time_stamp(word->text)) {
      out_.note = Rewritten::Note::aged;
    } else {
      return word;
    }
  }
  fail("the record ends where its type should follow", words_.line());
  return std::nullopt;
}

/// `first` is the first word of the data.
void Rewriter::put_encoded(uint16_t type, const Word& type_word, const std::optional<Word>& first) {
  std::vector<Word> words;
  for (auto word = first; word; word = next()) words.push_back(*word);
  const auto data = encode_rdata(type, words, origin_);
  if (!data) return fail(fmt::format("{}: {}", printable(type_word.text), data.error()), type_word.line);
  put(fmt::format("{} {}", numbered(type), generic_rdata_text(*data)), type_word.line);
}

/// RFC 4025 2.3 to 2.6; the gateway is a name if its type is 3.
void Rewriter::put_gateway() {
  const auto type = next();
  if (type) put(type->text, type->line);
  if (const auto algorithm = next()) put(algorithm->text, algorithm->line);
  if (const auto gateway = next()) type->text == "3" ? put_name(*gateway) : put(gateway->text, gateway->line);
  put_joined();
}

void Rewriter::put_fields(uint16_t type) {
  for (const Field field : rdata_fields(type)) {
    switch (field) {
      case Field::name:
        if (const auto word = next()) put_name(*word);
        break;
      case Field::type:
        if (const auto word = next()) put_type(*word);
        break;
      case Field::types:
        while (const auto word = next()) put_type(*word);
        break;
      case Field::gateway:
        put_gateway();
        break;
      case Field::hex:
      case Field::base64:
        put_joined();
        break;
      case Field::parameters:
        while (const auto word = next(Quotes::belong)) put(parameter_for_scanner(word->text), word->line);
        break;
      case Field::location:
      case Field::strings:
      case Field::text:
      case Field::prefixes:
        put_rest();
        break;
      default:
        if (const auto word = next()) put(escaped_word(word->text), word->line);
    }
  }
}

void Rewriter::put_data(const Word& type_word) {
  const auto type = wire::type_from_text(type_word.text);
  if (!type) {
    return fail(fmt::format("unsupported record type at '{}'; write other types as TYPE123 \\# length hex "
                            "(RFC 3597 5)",
                            printable(type_word.text)),
                type_word.line);
  }
  // The first word tells the form of RFC 3597 5; it is read again as a part of the type's own.
  const WordReader at_data = words_;
  const auto first = next();
  const bool generic = first && first->text == "\\#";
  if (is_encoded_here(*type) && !generic) return put_encoded(*type, type_word, first);
  if (rdata_fields(*type).empty() && !generic) {
    return fail(fmt::format("the data of {0} are read only in the form {1} \\# length hex (RFC 3597 5)",
                            printable(type_word.text), numbered(*type)),
                type_word.line);
  }
  put(is_known_to_scanner(*type) ? std::string(type_word.text) : numbered(*type), type_word.line);
  if (generic) {
    put(first->text, first->line);
    if (const auto length = next()) put(length->text, length->line);
    return put_joined();
  }
  words_ = at_data;
  put_fields(*type);
}

tl::expected<Rewritten, RewriteFault> Rewriter::run() {
  put_owner();
  const auto type = put_ttl();
  if (type && (same_word(type->text, "WINS") || same_word(type->text, "WINSR"))) {
    out_.note = Rewritten::Note::lookup;
    out_.text.clear();
  } else if (type && !fault_) {
    put_data(*type);
    put_rest();
    if (long_) put(")", words_.line());
    out_.text += '\n';
  }
  if (!words_.balanced()) fault_ = RewriteFault{"a ')' has no '(' before it", words_.line()};
  if (fault_) return tl::unexpected(*std::move(fault_));
  return std::move(out_);
}

}  // namespace

tl::expected<Rewritten, RewriteFault> rewrite_record(std::string_view record, const wire::Name& origin) {
  return Rewriter(record, origin).run();
}

}  // namespace ptrd::zone
