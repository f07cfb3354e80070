#include "app/ctl/table.h"

#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace runners::ctl {
namespace {

std::string Printed(const Table& table) {
  std::ostringstream out;
  table.Print(out);
  return out.str();
}

TEST(Table, ColumnsAreAsWideAsWhatIsInThem) {
  Table table({{"ID"}, {"NAME"}});
  table.AddRow({"1", "na\xC3\xAFve"});
  table.AddRow({"1000", "b"});

  EXPECT_EQ(Printed(table), "ID    NAME\n1     na\xC3\xAFve\n1000  b\n");
}

TEST(Table, LongCellsAreShortened) {
  Table table({{"NAME", 6}, {"X"}});
  table.AddRow({"1234567", "x"});

  EXPECT_EQ(Printed(table), "NAME    X\n123...  x\n");
}

TEST(Table, CellsAreMadePrintable) {
  Table table({{"NAME"}});
  table.AddRow({"a\x1B[2Jb"});

  EXPECT_EQ(Printed(table), "NAME\na\\x1b[2Jb\n");
}

TEST(PrintFields, ValuesStandInAColumnAndAreWhole) {
  std::ostringstream out;
  const std::string longer(100, 'x');

  PrintFields({{"ID", "1"}, {"Status", longer}}, out);

  EXPECT_EQ(out.str(), "ID      1\nStatus  " + longer + "\n");
}

TEST(PrintFields, ValuesAreMadePrintable) {
  std::ostringstream out;

  PrintFields({{"Name", "a\nStatus  enrolled"}}, out);

  EXPECT_EQ(out.str(), "Name  a\\x0aStatus  enrolled\n");
}

}  // namespace
}  // namespace runners::ctl
