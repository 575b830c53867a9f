#include "cli/svg_renderer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <calibrant/core/error.hpp>

#include "cli/terminal.hpp"

namespace calibrant::cli {
namespace {

constexpr const char* program = "rsvg-convert";

[[noreturn]] void fail(const std::string& why) {
  throw error(error_code::unsupported,
              std::string(program) + ": " + why + ", expected it to make PNG and PDF; save the figure as .svg instead");
}

/// A file in memory. The process gets its descriptors as files, not pipes: neither side waits for the other.
class memory_file {
 public:
  explicit memory_file(std::string_view content = {}) : descriptor_(memfd_create("figure", MFD_CLOEXEC)) {
    if (descriptor_ < 0) fail(std::generic_category().message(errno));
    while (!content.empty()) {
      const ssize_t written = write(descriptor_, content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail(std::generic_category().message(errno));
      content.remove_prefix(static_cast<std::size_t>(written));
    }
    lseek(descriptor_, 0, SEEK_SET);
  }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;
  ~memory_file() { close(descriptor_); }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] std::string content() const {
    std::string bytes;
    std::array<char, 65536> block{};
    lseek(descriptor_, 0, SEEK_SET);
    for (;;) {
      const ssize_t got = read(descriptor_, block.data(), block.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return bytes;
      bytes.append(block.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int descriptor_;
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

void require_svg_renderer() {
  const char* const path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const std::string candidate = std::string(folders.substr(0, end)) + '/' + program;
    if (access(candidate.c_str(), X_OK) == 0) return;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  throw error(
      error_code::unsupported,
      "PNG and PDF are made by rsvg-convert, which is not installed; install it (Debian and Ubuntu: apt install "
      "librsvg2-bin, Fedora: librsvg2-tools, macOS: brew install librsvg), or save the figure as .svg");
}

std::string rendered_svg(std::string_view svg, figure_format_kind format, double zoom) {
  require_svg_renderer();
  const memory_file input(svg);
  const memory_file output;
  const memory_file complaints;
  const std::string format_option = format == figure_format_kind::pdf ? "--format=pdf" : "--format=png";
  const std::string zoom_option = fmt::format("--zoom={}", format == figure_format_kind::pdf ? 1.0 : zoom);
  std::array<std::string, 3> words = {program, format_option, zoom_option};
  std::array<char*, 4> arguments = {words[0].data(), words[1].data(), words[2].data(), nullptr};

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.descriptor(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, complaints.descriptor(), STDERR_FILENO);
  pid_t process = 0;
  const int failure = posix_spawnp(&process, program, &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) fail("cannot start it (" + std::generic_category().message(failure) + ")");
  int status = 0;
  while (waitpid(process, &status, 0) < 0)
    if (errno != EINTR) fail(std::generic_category().message(errno));
  std::string bytes = output.content();
  if (status != 0 || bytes.empty()) {
    const std::string said = printable(first_line(complaints.content()));
    fail(said.empty() ? "it failed" : "it failed (" + said + ")");
  }
  return bytes;
}

}  // namespace calibrant::cli
