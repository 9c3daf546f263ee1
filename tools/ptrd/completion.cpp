// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
//
// Run by the build: prints the shell's completion of ptrd, with the options of the table of keys in place of
// @OPTIONS@ in the file that it is given.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "config/keys.hpp"

namespace {

/// "--keep --idle=poll|pause|interrupt ...".
std::string options() {
  std::string all;
  for (const ptrd::config::Key& key : ptrd::config::keys()) {
    if (key.option == nullptr || key.option[0] != '-') continue;
    all += all.empty() ? "" : " ";
    all += key.option;
    if (key.value.form != ptrd::config::Value::Form::flag) all += "=" + placeholder_of(key);
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  std::ifstream file(argc == 2 ? argv[1] : "");
  std::ostringstream text;
  text << file.rdbuf();
  std::string completion = text.str();
  const std::string mark = "@OPTIONS@";
  const size_t place = completion.find(mark);
  if (place == std::string::npos) {
    std::cerr << "usage: ptrd_completion FILE, which contains " << mark << "\n";
    return 2;
  }
  std::cout << completion.replace(place, mark.size(), options());
  return std::cout.flush() ? 0 : 1;
}
