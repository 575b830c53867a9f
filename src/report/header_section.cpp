#include <calibrant/figures/number_text.hpp>
#include <calibrant/figures/shown_name.hpp>

#include "report/detail/page_source.hpp"

namespace calibrant::detail {
namespace {

/// How the verdict looks; its words say the same.
std::string_view tone_of(const std::string& headline) {
  if (headline.starts_with("over")) return "over";
  if (headline.starts_with("under")) return "under";
  if (headline.starts_with("miscalibrated")) return "off";
  return "calm";
}

std::string rows_text(double rows) { return rows_number(rows) + (rows == 1 ? " row" : " rows"); }

std::string data_sentence(const evaluation& result) {
  const std::size_t classes = result.config.classes.size();
  std::string text = rows_text(static_cast<double>(result.counts.measured));
  if (classes > 0) text += ", " + rows_number(static_cast<double>(classes)) + " classes";
  text += result.config.kind == score_kind::probabilities ? ", probabilities"
          : result.config.kind == score_kind::logits      ? ", logits"
          : classes == 0                                  ? ", confidences and whether they were right"
                                                          : ", confidences of the predicted class";
  if (result.weighted)
    text += ", " + std::string(name_of(result.config.weights)) + " weights (total " + rows_number(result.total.weight) +
            ")";
  if (result.counts.soft_labels > 0)
    text += ", soft labels in " + rows_text(static_cast<double>(result.counts.soft_labels));
  if (result.grouped)
    text += ", " + std::to_string(result.groups.size()) + (result.groups.size() == 1 ? " group" : " groups");
  if (!result.sources.empty()) text += ", from " + shown_name(result.sources.front().path, 120);
  if (result.sources.size() > 1) text += " and " + std::to_string(result.sources.size() - 1) + " more";
  return text;
}

}  // namespace

void write_header(html_writer& page, const page_source& source) {
  const evaluation& result = source.result;
  const std::string& headline = result.total.headline;
  page.open("header", {{"class", "verdict " + std::string(tone_of(headline))}});
  page.element("p", {{"class", "kicker"}}, "Calibration report");
  std::string verdict = headline.substr(0, headline.find(": "));
  const std::string evidence = verdict.size() < headline.size() ? headline.substr(verdict.size() + 2) : "";
  if (!verdict.empty() && verdict[0] >= 'a' && verdict[0] <= 'z')
    verdict[0] = static_cast<char>(verdict[0] - 'a' + 'A');
  page.open("h1", {{"data-headline", headline}}).text(verdict);
  if (!evidence.empty()) page.text(": ").open("span").text(evidence).close();
  page.close();
  page.element("p", {{"class", "data"}}, data_sentence(result));
  page.open("nav", {{"aria-label", "Parts of this page"}}).open("ul");
  const auto link = [&](const char* to, const char* words, bool there = true) {
    if (!there) return;
    page.open("li").element("a", {{"href", std::string("#") + to}}, words).close();
  };
  link("summary", "Summary");
  link("changes", "What changed", source.baseline != nullptr);
  link("reliability", "Reliability");
  link("before-after", "Before and after", source.before != nullptr);
  link("classes", "Classes", !result.total.per_class.empty());
  link("groups", "Groups", result.grouped);
  link("robustness", "Bins and coverage");
  link("numbers", "Every number");
  link("provenance", "Provenance");
  page.close().close().close();
}

}  // namespace calibrant::detail
