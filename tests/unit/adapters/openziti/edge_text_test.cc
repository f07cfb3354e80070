#include <gtest/gtest.h>

#include "adapters/openziti/edge_errors.h"
#include "adapters/openziti/edge_objects.h"
#include "adapters/openziti/edge_url.h"
#include "adapters/openziti/envelope.h"
#include "adapters/openziti/filter.h"
#include "core/support/error.h"

namespace runners::openziti {
namespace {

TEST(Filter, ValueIsQuotedAndEscaped) {
  EXPECT_EQ(Equals("name", "runner-1"), R"(name="runner-1")");
  EXPECT_EQ(Equals("name", R"(a"b\c)"), R"(name="a\"b\\c")");
  EXPECT_EQ(Equals("name", R"(" or true or name=")"), R"(name="\" or true or name=\"")");
  EXPECT_EQ(Quoted(""), R"("")");
}

TEST(EdgeUrl, PathOfTheApiMayBeGivenOrNot) {
  for (const char* text : {"https://ctrl.example:1280", "https://ctrl.example:1280/",
                           "https://ctrl.example:1280/edge/management/v1",
                           "https://ctrl.example:1280/edge/client/v1/"}) {
    const std::optional<EdgeUrl> url = EdgeUrl::Parse(text);

    ASSERT_TRUE(url) << text;
    EXPECT_EQ(url->root(), "https://ctrl.example:1280");
    EXPECT_EQ(url->management(), "https://ctrl.example:1280/edge/management/v1");
    EXPECT_EQ(url->client(), "https://ctrl.example:1280/edge/client/v1");
  }
  EXPECT_TRUE(EdgeUrl::Parse("https://[::1]:1280"));
}

TEST(EdgeUrl, AnythingElseIsRefused) {
  for (const char* text :
       {"", "https://", "http://ctrl.example:1280", "ctrl.example:1280", "https://ctrl/other",
        "https://user:secret@ctrl", "https://ctrl?x=1", "https://ctrl/edge/management/v1?x",
        "https:///edge/management/v1", "https://ctrl name"}) {
    EXPECT_FALSE(EdgeUrl::Parse(text)) << text;
  }
}

TEST(UrlEncoded, OnlyUnreservedCharactersStay) {
  EXPECT_EQ(UrlEncoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(UrlEncoded("tags.runner-id=\"x y\"&#/%\xC3\xA9"),
            "tags.runner-id%3D%22x%20y%22%26%23%2F%25%C3%A9");
}

TEST(Envelope, DataIsTakenFromSuccessOnly) {
  EXPECT_EQ((*DataOf({201, R"({"data":{"id":"x"},"meta":{}})"}))["id"], "x");
  EXPECT_FALSE(DataOf({400, R"({"data":{"id":"x"}})"}));
  EXPECT_FALSE(DataOf({200, R"({"meta":{}})"}));
  EXPECT_FALSE(DataOf({200, R"(["data"])"}));
  EXPECT_FALSE(DataOf({200, "<html>"}));
  EXPECT_FALSE(DataOf({200, R"({"data":{"id":)"}));
  EXPECT_FALSE(DataOf({200, ""}));
}

TEST(Envelope, PageNeedsRowsAndTotal) {
  const std::optional<EdgePage> page = PageOf(
      {200,
       R"({"data":[{"id":"x"}],"meta":{"pagination":{"limit":10,"offset":0,"totalCount":7}}})"});

  ASSERT_TRUE(page);
  EXPECT_EQ(page->rows.size(), 1U);
  EXPECT_EQ(page->total, 7);
  EXPECT_FALSE(PageOf({200, R"({"data":{},"meta":{"pagination":{"totalCount":7}}})"}));
  EXPECT_FALSE(PageOf({200, R"({"data":[],"meta":{}})"}));
  EXPECT_FALSE(PageOf({200, R"({"data":[],"meta":{"pagination":{"totalCount":"7"}}})"}));
}

TEST(Envelope, NotFoundIsBelievedFromTheControllerOnly) {
  EXPECT_TRUE(IsNotFound({404, R"({"error":{"code":"NOT_FOUND","message":"..."}})"}));
  EXPECT_FALSE(IsNotFound({404, "404 page not found"}));
  EXPECT_FALSE(IsNotFound({404, R"({"message":"no route"})"}));
  EXPECT_FALSE(IsNotFound({400, R"({"error":{"code":"NOT_FOUND"}})"}));
}

TEST(Envelope, ErrorCodeIsAWordOrNothing) {
  EXPECT_EQ(ErrorCodeOf({400, R"({"error":{"code":"INVALID_FILTER"}})"}), "INVALID_FILTER");
  EXPECT_EQ(ErrorCodeOf({413, R"({"code":"REQUEST_ENTITY_TOO_LARGE","cause":null})"}),
            "REQUEST_ENTITY_TOO_LARGE");
  EXPECT_EQ(ErrorCodeOf({400, R"({"error":{"code":"has blanks and text"}})"}), "");
  EXPECT_EQ(ErrorCodeOf({400, R"({"error":{"code":7}})"}), "");
  EXPECT_EQ(ErrorCodeOf({502, "<html>"}), "");
}

TEST(ErrorOfAnswer, StatusDecidesTheReason) {
  const auto reason = [](int status) {
    return ReasonOf(ErrorOfAnswer({status, R"({"error":{"code":"ANY"}})"}, "create service"));
  };
  for (const int status : {429, 500, 502, 503, 504, 301, 302, 307, 102}) {
    EXPECT_EQ(reason(status), ErrorReason::kOverlayUnavailable) << status;
  }
  for (const int status : {400, 401, 403, 404, 405, 409, 413, 415, 601, 606}) {
    EXPECT_EQ(reason(status), ErrorReason::kOverlayRejected) << status;
  }
}

TEST(ErrorOfAnswer, PassingTroubleSaysWhenToRetryAndNothingRepeatsTheAnswersText) {
  const absl::Status away = ErrorOfAnswer(
      {503, R"({"error":{"code":"TIMEOUT","message":"secret text"}})"}, "create service");

  EXPECT_TRUE(DetailOf(away).retry_after);
  EXPECT_NE(MessageOf(away).find("503 TIMEOUT"), std::string_view::npos);
  EXPECT_EQ(MessageOf(away).find("secret text"), std::string_view::npos);
}

TEST(EdgeObjects, NullRolesAndNumbersInTagsAreRead) {
  const std::optional<EdgeObject> object = ObjectOf(nlohmann::json::parse(
      R"({"id":"p","name":"n","serviceRoles":null,"identityRoles":["#a"],"unknown":[1],
          "tags":{"generation":2,"managed-by":"runners","odd":{}}})"));

  ASSERT_TRUE(object);
  EXPECT_TRUE(object->service_roles.empty());
  EXPECT_EQ(object->identity_roles, std::vector<std::string>{"#a"});
  EXPECT_EQ(TagOf(*object, kGenerationTag), "2");
  EXPECT_EQ(TagOf(*object, "odd"), "");
  EXPECT_FALSE(ObjectOf(nlohmann::json::parse(R"({"name":"without id"})")));
  EXPECT_FALSE(ObjectOf(nlohmann::json::parse("[]")));
}

TEST(EdgeObjects, OursNeedsAllThreeTags) {
  const RunnerId runner = *RunnerId::Parse("a1b2c3d4-0000-4000-8000-000000000001");
  EdgeObject object;
  object.tags = {{"managed-by", "runners"}, {"instance-id", "i"}, {"runner-id", runner.text()}};
  EXPECT_TRUE(IsOurs(object, "i", runner));
  for (const auto& [key, value] : object.tags.items()) {
    EdgeObject other = object;
    other.tags[key] = "other";
    EXPECT_FALSE(IsOurs(other, "i", runner)) << key;
    other.tags.erase(key);
    EXPECT_FALSE(IsOurs(other, "i", runner)) << key;
  }
}

TEST(ObjectTags, KeysHaveNoDotsAndAbsentOnesAreLeftOut) {
  const nlohmann::json all = ObjectTags{"i", "r", 3, "a"}.ToJson();

  EXPECT_EQ(all, nlohmann::json::parse(R"({"managed-by":"runners","instance-id":"i",
      "runner-id":"r","generation":3,"attempt-id":"a"})"));
  for (const auto& [key, value] : all.items()) EXPECT_EQ(key.find('.'), std::string::npos);
  EXPECT_EQ((ObjectTags{"i", "r", 0, ""}.ToJson().size()), 3U);
}

}  // namespace
}  // namespace runners::openziti
