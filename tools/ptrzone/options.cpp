// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026, the ptrd authors
#include "options.hpp"

#include "lib/command_line.hpp"

namespace ptrd::tools {

namespace {

const std::string kPathHelp = "zone file, directory of zone files, or APEX=FILE";

/// Where zones come from, except PATH.
void bind_inputs(Parser command, zone::Inputs& inputs) {
  const auto add_files = [&](const char* name, std::vector<std::string>& files, const char* help) {
    return command.add_option(name, files, help).expected(1).allow_extra_args(false).take_all();
  };
  Option named = add_files("--named-conf", inputs.named_confs, "read the primary zones of this named.conf");
  add_files("--nsd-conf", inputs.nsd_confs, "read the primary zones of this nsd.conf");
  add_files("--knot-conf", inputs.knot_confs, "read the primary zones of this knot.conf");
  add_files("--zone-list", inputs.zone_lists, "read the zones of this file, a line \"APEX FILE\" for each");
  command.add_option("--view", inputs.view, "view of the named.conf (default: the only one)").needs(named);
  command.add_option("--root", inputs.root, "directory before absolute paths in these configurations");
  add_files("--allow-include", inputs.include_paths,
            "PATH, a file or directory, that $INCLUDE may read; repeatable (default: only files below "
            "the zone file's directory)");
}

/// PATHs, or other inputs instead.
void bind_paths(Parser command, zone::Inputs& inputs, const std::string& help) {
  command.add_option("PATH", inputs.paths, help);
  bind_inputs(command, inputs);
  command.check(
      [&inputs] { return inputs.paths.empty() && !inputs.has_configuration() ? "PATH is required" : ""; });
}

void bind_compile(Parser command, CompileOptions& options) {
  command.add_option("-o,--output", options.out, "image to write").required();
  bind_paths(command, options.inputs, kPathHelp);
  Option keep_going =
      command.add_flag("--keep-going", options.keep_going, "leave out zones with errors, write all others");
  command
      .add_option("--previous", options.previous,
                  "image from which zones with errors are taken, as they last were")
      .needs(keep_going);
  command.add_option("--jobs", options.jobs, "threads (default: one per CPU)").range(1, 1024);
  command.add_flag("--strict", options.strict, "treat warnings as errors");
  command.add_flag("--no-fold", options.no_fold, "store each record, do not fold records into rules");
  command
      .add_option("--nsec3-iterations", options.nsec3_iterations,
                  "most additional NSEC3 iterations of a signed zone")
      .range(0, UINT16_MAX)
      .capture_default_str();
}

void bind_check(Parser command, CheckOptions& options) {
  constexpr int kMostDays = 10'000;
  bind_paths(command, options.inputs, kPathHelp);
  Option dnssec =
      command.add_flag("--dnssec", options.dnssec, "verify signatures, and the NSEC or NSEC3 chain");
  command
      .add_option("--expires-within", options.expires_within, "days: warn of signatures that expire sooner")
      .range(0, kMostDays)
      .needs(dnssec)
      .capture_default_str();
  command.add_flag("--strict", options.strict, "treat warnings as errors");
}

void bind_lint(Parser command, LintOptions& options) {
  Option paths = command.add_option("PATH", options.inputs.paths, kPathHelp + ", or an image");
  command.add_option("--format", options.format, "text, json or sarif")
      .one_of({"text", "json", "sarif"})
      .capture_default_str();
  command
      .add_option("--patterns", options.patterns,
                  "file of patterns to add; a pattern replaces one with the same name")
      .allow_extra_args(false);
  command.add_flag("--no-default-patterns", options.own_patterns_only, "use only the patterns of --patterns");
  command.add_option("--allow", options.allow, "file of rules and names to ignore");
  command.add_option("--most", options.most, "findings to print per rule; 0: all").capture_default_str();
  command.add_flag("--strict", options.strict, "treat any finding as an error");
  command.add_flag("--try-examples", options.try_examples, "only test that each pattern matches its example")
      .excludes(paths);
  bind_inputs(command, options.inputs);
  command.check([&options] {
    const bool has_inputs = !options.inputs.paths.empty() || options.inputs.has_configuration();
    return !has_inputs && !options.try_examples ? "PATH is required" : "";
  });
}

void bind_lookup(Parser command, LookupOptions& options) {
  command.add_option("IMAGE", options.image).required();
  command.add_option("NAME", options.what, "name or IP address; -: read one per line from standard input")
      .required();
  command.add_option("TYPE", options.type, "record type").capture_default_str();
  command.add_flag("--dnssec", options.dnssec, "set the DO bit");
}

void bind_dump(Parser command, DumpOptions& options) {
  command.add_option("IMAGE", options.image).required();
  command.add_option("ZONE", options.zone, "dump only this zone");
}

void bind_forward(Parser command, ForwardOptions& options) {
  bind_paths(command, options.inputs, "image, or zone files as for compile");
}

void bind_info(Parser command, InfoOptions& options) {
  command.add_option("IMAGE", options.image).required();
  command.add_flag("--json", options.json);
}

void bind_map(Parser command, MapOptions& options) {
  command.add_option("IMAGE", options.image).required();
  command.add_option("-o,--output", options.out, "picture to write: .png or .svg").required();
  command.add_option("--prefix", options.prefix, "prefix to draw").capture_default_str();
  command.add_option("--detail", options.detail,
                     "prefix length of a cell (default: 16 bits more than --prefix)");
}

void bind_diff(Parser command, DiffOptions& options) {
  command.add_option("A", options.first, "image, or " + kPathHelp).required();
  command.add_option("B", options.second, "same as A; instead of it the zones of a configuration");
  command.add_flag("--json", options.json);
  command.add_flag("--quiet", options.quiet, "print only the counts");
  command.add_flag("--changes", options.changes, "print what makes B of A in the form that nsupdate reads");
  bind_inputs(command, options.inputs);
  command.check([&options] {
    if (options.changes && (options.json || options.quiet)) return "--changes excludes --json and --quiet";
    if (options.second.empty() && !options.inputs.has_configuration()) return "B is required";
    if (!options.second.empty() && options.inputs.has_configuration()) return "B excludes a configuration";
    return "";
  });
}

}  // namespace

tl::expected<Options, Refusal> read_options(int argc, char** argv) {
  CommandLine app{"ptrzone", "ptrzone: check zone files, compile them into a ptrd image, and inspect images"};
  Subcommands<Options> commands(app);
  commands.add("compile", "compile zone files into an image", bind_compile);
  commands.add("check", "check zone files for errors", bind_check);
  commands.add("lint", "report what the names of PTR records disclose, and names that look wrong", bind_lint);
  commands.add("lookup", "print the answer to a query, as dig does", bind_lookup);
  commands.add("dump", "print an image as zone text", bind_dump);
  commands.add("forward", "print A and AAAA records that match the PTR records of an image or of zone files",
               bind_forward);
  commands.add("info", "show what an image contains", bind_info);
  commands.add("map", "draw the IPv4 addresses of an image", bind_map);
  commands.add("diff", "compare two sets of zones record by record", bind_diff);
  if (const auto parsed = app.parse(argc, argv); !parsed) return tl::unexpected(parsed.error());
  return commands.chosen();
}

}  // namespace ptrd::tools
