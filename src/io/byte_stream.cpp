#include "io/detail/byte_stream.hpp"

namespace calibrant::io {
namespace {

class file_stream final : public byte_stream {
 public:
  explicit file_stream(const std::string& path) : file_(path) {}

  [[nodiscard]] const std::string& name() const noexcept override { return file_.path(); }
  [[nodiscard]] std::uint64_t size() const noexcept override { return file_.size(); }
  [[nodiscard]] std::uint64_t position() const noexcept override { return position_; }
  [[nodiscard]] std::uint64_t bytes_of_file() const noexcept override { return position_; }
  void read_exactly(void* to, std::size_t bytes) override {
    file_.read_exactly(to, bytes, position_);
    position_ += bytes;
  }

 private:
  input_file file_;
  std::uint64_t position_ = 0;
};

}  // namespace

std::unique_ptr<byte_stream> open_file_stream(const std::string& path) { return std::make_unique<file_stream>(path); }

}  // namespace calibrant::io
