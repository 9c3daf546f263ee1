// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "options.hpp"

#include "lib/command_line.hpp"

namespace ptrd::tools {

namespace {

const std::string kPathHelp = "zone file, folder of *.zone files, or APEX=FILE";

void bind_includes(CLI::App& command, Includes& includes) {
  command
      .add_option(
          "--allow-include", includes,
          "PATH, a file or a folder, that $INCLUDE may read; may be given again (default: only what is below "
          "the zone file's folder)")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void bind_compile(CLI::App& command, CompileOptions& options) {
  command.add_option("-o,--output", options.out, "image to write")->required();
  command.add_option("PATH", options.paths, kPathHelp)->required();
  command.add_option("--jobs", options.jobs, "threads (default: one a CPU)")->check(CLI::Range(1, 1024));
  command.add_flag("--strict", options.strict, "warnings are errors");
  command.add_flag("--no-fold", options.no_fold, "store each record, not the rules behind them");
  bind_includes(command, options.includes);
}

void bind_check(CLI::App& command, CheckOptions& options) {
  command.add_option("PATH", options.paths, kPathHelp)->required();
  command.add_flag("--strict", options.strict, "warnings are errors");
  bind_includes(command, options.includes);
}

void bind_lint(CLI::App& command, LintOptions& options) {
  CLI::Option* paths = command.add_option("PATH", options.paths, kPathHelp + ", or an image");
  command.add_option("--format", options.format, "text, json or sarif")
      ->check(CLI::IsMember({"text", "json", "sarif"}))
      ->capture_default_str();
  command
      .add_option("--patterns", options.patterns,
                  "patterns to add, or to put in the place of those with the same name")
      ->allow_extra_args(false);
  command.add_flag("--no-default-patterns", options.own_patterns_only, "only the patterns of --patterns");
  command.add_option("--allow", options.allow, "list of rules and names to pass over");
  command.add_option("--most", options.most, "findings of each rule to print; 0: all")->capture_default_str();
  command.add_flag("--strict", options.strict, "any finding is an error");
  CLI::Option* examples = command
                              .add_flag("--try-examples", options.try_examples,
                                        "only see whether each pattern matches its example")
                              ->excludes(paths);
  command.callback([paths, examples] {
    if (paths->empty() && examples->empty()) throw CLI::RequiredError("PATH");
  });
  bind_includes(command, options.includes);
}

void bind_lookup(CLI::App& command, LookupOptions& options) {
  command.add_option("IMAGE", options.image)->required();
  command.add_option("NAME", options.what, "name or IP address; -: one a line from standard input")
      ->required();
  command.add_option("TYPE", options.type, "record type")->capture_default_str();
  command.add_flag("--dnssec", options.dnssec, "set the DO bit");
}

void bind_dump(CLI::App& command, DumpOptions& options) {
  command.add_option("IMAGE", options.image)->required();
  command.add_option("ZONE", options.zone, "this zone only");
}

void bind_forward(CLI::App& command, ForwardOptions& options) {
  command.add_option("PATH", options.paths, "image, or zone files as for compile")->required();
  bind_includes(command, options.includes);
}

void bind_info(CLI::App& command, InfoOptions& options) {
  command.add_option("IMAGE", options.image)->required();
  command.add_flag("--json", options.json);
}

void bind_map(CLI::App& command, MapOptions& options) {
  command.add_option("IMAGE", options.image)->required();
  command.add_option("-o,--output", options.out, "picture to write: .png or .svg")->required();
  command.add_option("--prefix", options.prefix, "the part to draw")->capture_default_str();
  command.add_option("--detail", options.detail,
                     "length of the prefixes that are a cell each (default: 16 bits more than --prefix)");
}

void bind_diff(CLI::App& command, DiffOptions& options) {
  command.add_option("A", options.first, "image, or " + kPathHelp)->required();
  command.add_option("B", options.second, "as A")->required();
  command.add_flag("--json", options.json);
  command.add_flag("--quiet", options.quiet, "only the counts");
  bind_includes(command, options.includes);
}

}  // namespace

tl::expected<Options, Refusal> read_options(int argc, char** argv) {
  CLI::App app{"ptrzone: checks zone files, compiles them to a ptrd image, and reads images"};
  set_up(app, "ptrzone");
  Subcommands<Options> commands(app);
  commands.add("compile", "zone files to an image", bind_compile);
  commands.add("check", "what is wrong with zone files", bind_check);
  commands.add("lint", "what the names of PTR records give away, and what is odd about them", bind_lint);
  commands.add("lookup", "the answer to one question, as dig prints it", bind_lookup);
  commands.add("dump", "an image back to zone text", bind_dump);
  commands.add("forward", "A and AAAA records for the PTR records of an image or of zone files",
               bind_forward);
  commands.add("info", "what an image holds", bind_info);
  commands.add("map", "the IPv4 addresses of an image as a picture", bind_map);
  commands.add("diff", "the records that tell one set of zones from another", bind_diff);
  if (const auto parsed = parse(app, argc, argv); !parsed) return tl::unexpected(parsed.error());
  return commands.chosen();
}

}  // namespace ptrd::tools
