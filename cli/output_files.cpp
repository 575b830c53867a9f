#include "cli/output_files.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <calibrant/core/error.hpp>

namespace calibrant::cli {
namespace {

namespace fs = std::filesystem;

bool same_place(const std::string& a, const std::string& b) {
  std::error_code ignored;
  // Absolute first: a relative name that does not exist yet would stay as it was typed.
  const auto place = [&](const std::string& path) {
    return fs::weakly_canonical(fs::absolute(path, ignored), ignored);
  };
  return place(a) == place(b);
}

[[noreturn]] void refuse(const output_target& output, const std::string& why) {
  throw error(error_code::unwritable_output,
              output.path + ": cannot write it (" + why +
                  "), expected a file name in an existing writable folder; choose another with " +
                  std::string(output.option));
}

void check_writable(const output_target& output) {
  if (output.path.empty()) refuse(output, "the name is empty");
  std::error_code failure;
  if (const fs::file_status status = fs::status(output.path, failure); fs::is_other(status)) {
    if (access(output.path.c_str(), W_OK) != 0) refuse(output, std::generic_category().message(errno));
    return;  // a device or a pipe is written to, not replaced
  }
  // A symbolic link stays; what it leads to is replaced.
  const fs::path path =
      fs::is_symlink(output.path, failure) ? fs::weakly_canonical(output.path, failure) : fs::path(output.path);
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  const fs::file_status status = fs::status(folder, failure);
  if (!fs::exists(status)) refuse(output, failure ? failure.message() : "no folder " + folder);
  if (!fs::is_directory(status)) refuse(output, folder + " is not a folder");
  if (access(folder.c_str(), W_OK) != 0)
    refuse(output, "folder " + folder + ": " + std::generic_category().message(errno));
  if (fs::is_directory(path, failure)) refuse(output, "it is a folder");
}

}  // namespace

bool is_standard_output(const std::string& path) {
  return path == "-" || path == "/dev/stdout" || path == "/dev/fd/1" || path == "/proc/self/fd/1";
}

void check_outputs(std::span<const output_target> outputs, std::span<const std::string> inputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const output_target& output = outputs[i];
    for (std::size_t j = 0; j < i; ++j)
      if (output.is_stdout() ? outputs[j].is_stdout()
                             : !outputs[j].is_stdout() && same_place(output.path, outputs[j].path))
        throw error(error_code::invalid_argument, std::string(outputs[j].option) + " and " +
                                                      std::string(output.option) + " both write to " +
                                                      (output.is_stdout() ? "standard output" : output.path) +
                                                      ", expected one place for each; change one of them");
    if (output.is_stdout()) continue;
    for (const std::string& input : inputs)
      if (same_place(output.path, input))
        throw error(error_code::invalid_argument, std::string(output.option) + " " + output.path +
                                                      " would overwrite an input, expected another name; change it");
  }
  for (const output_target& output : outputs)
    if (!output.is_stdout()) check_writable(output);
}

}  // namespace calibrant::cli
