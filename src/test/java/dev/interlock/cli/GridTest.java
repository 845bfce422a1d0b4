package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GridTest {
    private static String csv(String cell) {
        return new Grid(List.of("name"), List.of(List.of(cell))).csv().substring("name\r\n".length());
    }

    static List<Arguments> cells() {
        return List.of(
                Arguments.of("plain", "plain\r\n"),
                Arguments.of("", "\r\n"),
                Arguments.of("a,b", "\"a,b\"\r\n"),
                Arguments.of("say \"no\"", "\"say \"\"no\"\"\"\r\n"),
                Arguments.of("two\nlines", "\"two\nlines\"\r\n"),
                Arguments.of("=1+1", "'=1+1\r\n"),
                Arguments.of("+1", "'+1\r\n"),
                Arguments.of("-1", "'-1\r\n"),
                Arguments.of("@SUM(A1)", "'@SUM(A1)\r\n"),
                Arguments.of("\t=1", "'\t=1\r\n"),
                Arguments.of("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n"),
                Arguments.of("a=1", "a=1\r\n"));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void cellIsQuotedAsRfc4180SaysAndIsNeverAFormula(String cell, String expected) {
        assertThat(csv(cell)).isEqualTo(expected);
    }

    @Test
    void tableIsAlignedAndSaysWhereNothingIs() {
        assertThat(new Grid(
                                List.of("name", "lastDecision"),
                                List.of(List.of("checkout", ""), List.of("é", "Denied 5m")))
                        .table())
                .isEqualTo("""
                        NAME       LAST DECISION
                        checkout   -
                        é          Denied 5m
                        """);
    }

    @Test
    void valueMovesNoCursorAndStartsNoLine() {
        assertThat(new Grid(List.of("name"), List.of(List.of("a\u001b[31mb\nc\u202ed"))).table())
                .isEqualTo("NAME\na [31mb c d\n");
    }

    @Test
    void rowOfAnotherLengthIsABug() {
        assertThatThrownBy(() -> new Grid(List.of("a", "b"), List.of(List.of("1"))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
