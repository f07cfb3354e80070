#include "tools/dev_controller/filter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tools/dev_controller/filter_scanner.h"

namespace dev_controller {

using nlohmann::json;

struct Filter::Node {
  enum class Kind { kConstant, kAnd, kOr, kCompare };
  Kind kind = Kind::kConstant;
  bool constant = true;
  std::vector<std::shared_ptr<const Node>> parts;  // of kAnd and kOr
  std::string field;
  bool any_of = false;
  std::string comparison;  // "=", "!=", "contains"
  json value;

  void Check(const Reader& reader) const;
  bool Matches(const Reader& reader) const;
  bool Compares(const json& actual) const;
};

void Filter::Node::Check(const Reader& reader) const {
  for (const auto& part : parts) part->Check(reader);
  if (kind != Kind::kCompare) return;
  const std::optional<json> actual = reader(field);
  if (!actual) throw FilterError("unknown symbol " + field);
  if (actual->is_array() == any_of) return;
  throw FilterError(any_of ? field + " is not a set" : field + " is a set, anyOf is missing");
}

bool Filter::Node::Compares(const json& actual) const {
  if (comparison == "contains") {
    return actual.is_string() &&
           actual.get_ref<const std::string&>().find(value.get<std::string>()) != std::string::npos;
  }
  return (actual == value) == (comparison == "=");
}

bool Filter::Node::Matches(const Reader& reader) const {
  const auto matches = [&](const auto& part) { return part->Matches(reader); };
  switch (kind) {
    case Kind::kConstant:
      return constant;
    case Kind::kAnd:
      return std::all_of(parts.begin(), parts.end(), matches);
    case Kind::kOr:
      return std::any_of(parts.begin(), parts.end(), matches);
    case Kind::kCompare:
      break;
  }
  const std::optional<json> actual = reader(field);
  if (!actual) return false;
  if (!any_of) return Compares(*actual);
  return std::any_of(actual->begin(), actual->end(),
                     [this](const json& item) { return Compares(item); });
}

// Recursive descent, one method for each binding strength. Thread-compatible.
class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : tokens_(Scanned(text)) {}

  Filter Parse() {
    Filter filter;
    if (Here().kind == TokenKind::kEnd) return filter;
    filter.root_ = Disjunction(0);
    if (Here().kind != TokenKind::kEnd) Unexpected();
    return filter;
  }

 private:
  using Node = Filter::Node;
  using NodePtr = std::shared_ptr<const Node>;
  static constexpr int kDeepest = 50;

  const Token& Here() const { return tokens_[at_]; }

  [[noreturn]] void Unexpected() const {
    const std::string column = std::to_string(Here().column);
    throw FilterError("Unexpected symbol: \"" + Here().text + "\" at line: 1 column: " + column +
                      ". line: 1, column: " + column + ", symbol: " + Here().text);
  }

  bool TakeWord(std::string_view word) {
    if (Here().kind != TokenKind::kIdentifier || Here().text != word) return false;
    ++at_;
    return true;
  }

  void TakeBracket(std::string_view bracket) {
    if (Here().kind != TokenKind::kBracket || Here().text != bracket) Unexpected();
    ++at_;
  }

  NodePtr Joined(Node::Kind kind, std::string_view word, int depth) {
    Node node;
    node.kind = kind;
    do {
      node.parts.push_back(kind == Node::Kind::kOr ? Conjunction(depth) : Term(depth));
    } while (TakeWord(word));
    return node.parts.size() == 1 ? node.parts.front()
                                  : std::make_shared<const Node>(std::move(node));
  }

  NodePtr Disjunction(int depth) { return Joined(Node::Kind::kOr, "or", depth); }
  NodePtr Conjunction(int depth) { return Joined(Node::Kind::kAnd, "and", depth); }

  NodePtr Term(int depth) {
    if (Here().kind == TokenKind::kBracket && Here().text == "(" && depth < kDeepest) {
      ++at_;
      NodePtr inner = Disjunction(depth + 1);
      TakeBracket(")");
      return inner;
    }
    Node node;
    if (TakeWord("true")) return std::make_shared<const Node>(std::move(node));
    if (TakeWord("false")) {
      node.constant = false;
      return std::make_shared<const Node>(std::move(node));
    }
    return Comparison();
  }

  NodePtr Comparison() {
    Node node;
    node.kind = Node::Kind::kCompare;
    node.any_of = TakeWord("anyOf");
    if (node.any_of) TakeBracket("(");
    if (Here().kind != TokenKind::kIdentifier) Unexpected();
    node.field = Here().text;
    ++at_;
    if (node.any_of) TakeBracket(")");
    TakeOperator(node);
    TakeValue(node);
    return std::make_shared<const Node>(std::move(node));
  }

  void TakeOperator(Node& node) {
    if (TakeWord("contains")) {
      node.comparison = "contains";
      return;
    }
    if (Here().kind != TokenKind::kOperator || (Here().text != "=" && Here().text != "!="))
      Unexpected();
    node.comparison = Here().text;
    ++at_;
  }

  void TakeValue(Node& node) {
    const Token& token = Here();
    const bool needs_text = node.comparison == "contains";
    if (token.kind == TokenKind::kString) {
      node.value = token.value;
    } else if (token.kind == TokenKind::kNumber && !needs_text) {
      node.value = json::parse(token.text, nullptr, /*allow_exceptions=*/false);
      if (!node.value.is_number()) Unexpected();
    } else if (token.kind == TokenKind::kIdentifier && !needs_text &&
               (token.text == "true" || token.text == "false" || token.text == "null")) {
      node.value = json::parse(token.text);
    } else {
      Unexpected();
    }
    ++at_;
  }

  const std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

Filter Filter::Parse(std::string_view text) {
  return FilterParser(text).Parse();
}

void Filter::Check(const Reader& reader) const {
  if (root_ != nullptr) root_->Check(reader);
}

bool Filter::Matches(const Reader& reader) const {
  return root_ == nullptr || root_->Matches(reader);
}

}  // namespace dev_controller
