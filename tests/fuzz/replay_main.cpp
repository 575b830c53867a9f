// Drives a fuzz target without libFuzzer: every file of a corpus, then seeded mutations of them.
//   fuzz_<name> [--runs N] [--seed S] [--only I] CORPUS_FOLDER
// Input i depends on the corpus, the seed and i alone, so `--only i` repeats a failure by itself.

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

using bytes = std::vector<std::uint8_t>;

constexpr std::size_t largest_input = std::size_t{1} << 16;  // bytes

std::uint64_t current_input = 0;

/// Async-signal-safe: names the input that was running when the process died.
void name_current_input() {
  char text[] = "\nreplay: failed at input                     \n";
  char* const number = text + sizeof("\nreplay: failed at input ") - 1;
  std::to_chars(number, text + sizeof(text) - 2, current_input);
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);
}

void on_signal(int number) {
  name_current_input();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

std::vector<bytes> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<bytes> corpus;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return corpus;
}

class mutator {
 public:
  mutator(const std::vector<bytes>& corpus, std::uint64_t seed, std::uint64_t input) : corpus_(corpus) {
    std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                           static_cast<std::uint32_t>(input), static_cast<std::uint32_t>(input >> 32)};
    random_.seed(sequence);
  }

  bytes operator()() {
    bytes input = corpus_[below(corpus_.size())];
    for (std::size_t steps = 1 + below(6); steps > 0; --steps) mutate(input);
    if (input.size() > largest_input) input.resize(largest_input);
    return input;
  }

 private:
  /// Uniform enough in [0, count); 0 for count = 0.
  std::size_t below(std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(random_() % count); }
  std::ptrdiff_t offset(std::size_t count) { return static_cast<std::ptrdiff_t>(below(count)); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(random_()); }

  void mutate(bytes& input) {
    static constexpr std::uint8_t telling[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '\n', '\r',
                                               '"',  ',',  '-',  '.',  '0',  '9',  'e'};
    const std::size_t size = input.size();
    switch (below(8)) {
      case 0:  // one bit
        if (size > 0) input[below(size)] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 1:  // one byte
        if (size > 0) input[below(size)] = byte();
        break;
      case 2:  // one byte that formats give a meaning
        if (size > 0) input[below(size)] = telling[below(std::size(telling))];
        break;
      case 3:  // truncation
        input.resize(below(size + 1));
        break;
      case 4: {  // a run removed
        const std::size_t first = below(size);
        const std::size_t last = std::min(size, first + 1 + below(32));
        input.erase(input.begin() + static_cast<std::ptrdiff_t>(std::min(first, size)),
                    input.begin() + static_cast<std::ptrdiff_t>(last));
        break;
      }
      case 5: {  // a run inserted
        const bytes run(1 + below(32), byte());
        input.insert(input.begin() + offset(size + 1), run.begin(), run.end());
        break;
      }
      case 6: {  // a tail of another file
        const bytes& other = corpus_[below(corpus_.size())];
        input.resize(below(size + 1));
        input.insert(input.end(), other.begin() + offset(other.size() + 1), other.end());
        break;
      }
      default:  // a little-endian integer, often a length, set to an extreme
        if (size >= 8) {
          const std::uint64_t extremes[] = {0, 1, 0x7fffffff, 0xffffffff, 0x7fffffffffffffff, ~std::uint64_t{0}, size};
          const std::uint64_t value = extremes[below(std::size(extremes))];
          const std::size_t first = below(size - 7);
          const std::size_t width = std::size_t{1} << below(4);
          for (std::size_t i = 0; i < width; ++i) input[first + i] = static_cast<std::uint8_t>(value >> (8 * i));
        }
        break;
    }
  }

  const std::vector<bytes>& corpus_;
  std::mt19937_64 random_;
};

void run(const bytes& input) {
  // An exact-size copy lets a sanitizer see any read past the end.
  std::vector<std::uint8_t> copy(input.begin(), input.end());
  copy.shrink_to_fit();
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int usage(const char* program) {
  std::fprintf(stderr, "usage: %s [--runs N] [--seed S] [--only I] CORPUS_FOLDER\n", program);
  return 2;
}

}  // namespace

int main(int argc, char** argv) try {
  std::uint64_t runs = 1000;
  std::uint64_t seed = 0;
  std::optional<std::uint64_t> only;
  std::optional<std::filesystem::path> folder;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--")) {
      const auto value = i + 1 < argc ? number(argv[++i]) : std::nullopt;
      if (!value) return usage(argv[0]);
      if (argument == "--runs")
        runs = *value;
      else if (argument == "--seed")
        seed = *value;
      else if (argument == "--only")
        only = *value;
      else
        return usage(argv[0]);
    } else if (!folder) {
      folder = argument;
    } else {
      return usage(argv[0]);
    }
  }
  if (!folder) return usage(argv[0]);
  const std::vector<bytes> corpus = read_corpus(*folder);
  if (corpus.empty()) {
    std::fprintf(stderr, "replay: %s holds no files; expected seed inputs\n", folder->c_str());
    return 2;
  }

  for (const int number : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(number, on_signal);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(name_current_input);

  const std::uint64_t total = corpus.size() + runs;
  for (std::uint64_t i = only.value_or(0); i < (only ? *only + 1 : total); ++i) {
    current_input = i;
    run(i < corpus.size() ? corpus[static_cast<std::size_t>(i)] : mutator(corpus, seed, i)());
  }
  std::printf("replay: %zu corpus files, %llu mutations, seed %llu: no failure\n", corpus.size(),
              static_cast<unsigned long long>(only ? 0 : runs), static_cast<unsigned long long>(seed));
  return 0;
} catch (const std::exception& problem) {
  std::fprintf(stderr, "replay: input %llu let an exception escape: %s\n",
               static_cast<unsigned long long>(current_input), problem.what());
  return 1;
}
