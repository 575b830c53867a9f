#include "io/detail/input_roles.hpp"

#include <charconv>

#include <fmt/format.h>
#include <calibrant/core/error.hpp>

namespace calibrant::io {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw error(error_code::invalid_argument, sentence); }

void check_top_label(const input_options& options) {
  if (options.correct && !options.confidence)
    refuse(
        "--correct says whether a prediction is right, but there is no confidence in it, expected its column; name it "
        "with --confidence");
  if (options.prediction && !options.confidence)
    refuse(
        "--prediction names the predicted class, but there is no confidence in it, expected its column; name it with "
        "--confidence, or leave --prediction out where every class has a score");
  if (!options.confidence) return;
  if (options.scores || options.positive)
    refuse(
        fmt::format("--confidence and {} contradict each other, expected one of them: the confidence of the "
                    "predicted class alone or the scores of the classes",
                    options.scores ? "--scores" : "--positive"));
  if (options.kind == score_kind::logits)
    refuse(
        "--confidence is a probability and --logits says that scores are logits, expected one of them; save "
        "exp(log-probability) as the confidence");
  if (options.correct && options.prediction)
    refuse(
        "--correct and --prediction contradict each other, expected one of them: with predictions the labels tell what "
        "is right");
  if (!options.correct && !options.prediction)
    refuse(
        "--confidence needs to know what was right, expected --prediction COLUMN beside the labels, or --correct "
        "COLUMN of 0 and 1");
  if (options.correct && !options.classes.empty())
    refuse("--correct tells nothing of classes, so --classes would do nothing; remove it");
}

}  // namespace

void check_roles(const input_options& options) {
  check_top_label(options);
  if (options.positive && options.scores)
    refuse(
        "--positive and --scores contradict each other, expected one of them: the score of one of two classes or of "
        "all classes");
  if (options.soft_labels && options.correct)
    refuse("--soft-labels and --correct contradict each other, expected one of them as the truth");
  if (options.soft_labels && options.confidence)
    refuse(
        "--soft-labels are probabilities of all classes, which --confidence does not know, expected --label or "
        "--correct");
  if (options.soft_labels && options.positive)
    refuse("--soft-labels need the name of every class, expected --scores instead of --positive");
}

std::size_t array_column(const std::string& path, const std::string& text, std::size_t columns) {
  std::size_t column = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), column);
  if (problem != std::errc() || end != text.data() + text.size() || column >= columns)
    throw error(error_code::missing_input,
                fmt::format("{}: there is no column \"{}\" in an array, expected a number from 0 to {}; change "
                            "--positive",
                            path, text, columns - 1));
  return column;
}

}  // namespace calibrant::io
