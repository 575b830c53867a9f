#include "io/detail/parquet_library.hpp"

#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <dlfcn.h>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>
#include <calibrant/io/parquet_plugin.hpp>

namespace calibrant {
namespace {

constexpr const char* file_name = "libcalibrant_parquet.so";

std::mutex loading;
std::vector<std::string> folders;
std::optional<io::parquet_library> loaded;

/// Loads the plugin or returns why it cannot be. The caller holds `loading`.
std::string try_to_load() {
  if (loaded) return "";
  for (const std::string& folder : folders) {
    const std::string path = folder + "/" + file_name;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) continue;
    void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return fmt::format("the loader said: {}", ::dlerror());
    auto* const describe = reinterpret_cast<io::parquet_describe>(::dlsym(library, io::parquet_describe_name));
    auto* const open = reinterpret_cast<io::parquet_open>(::dlsym(library, io::parquet_open_name));
    auto* const rewrite = reinterpret_cast<io::parquet_rewrite>(::dlsym(library, io::parquet_rewrite_name));
    if (describe == nullptr || open == nullptr || rewrite == nullptr)
      return fmt::format("{} is of another version of Calibrant", path);
    loaded = io::parquet_library{describe, open, rewrite};
    return "";
  }
  return fmt::format("{} is not beside the command", file_name);
}

}  // namespace

void set_plugin_directories(std::vector<std::string> directories) {
  const std::lock_guard lock(loading);
  folders = std::move(directories);
}

std::string parquet_plugin_status() {
  const std::lock_guard lock(loading);
  const std::string problem = try_to_load();
  return problem.empty() ? "available" : "not available: " + problem;
}

const io::parquet_library& io::load_parquet_library(const std::string& path) {
  const std::lock_guard lock(loading);
  if (const std::string problem = try_to_load(); !problem.empty())
    throw error(error_code::unsupported,
                fmt::format("{}: reading Parquet and Arrow files needs the plugin and pyarrow 26.0 (pip "
                            "install 'pyarrow==26.0.*', then build again); {}",
                            path, problem));
  return *loaded;
}

}  // namespace calibrant
