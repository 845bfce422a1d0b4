package dev.interlock.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Approvals.Approved;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Law 10, its first half: what the way back is open to.
class ApprovalsTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Duration WINDOW = Duration.ofDays(30);

    /// Content `<template><variant>`, approved that many days before now.
    private static Approved approved(long order, String content, long daysAgo) {
        return new Approved(order, NOW.minus(Duration.ofDays(daysAgo)), content, Optional.of(content.substring(0, 1)));
    }

    static Stream<Arguments> histories() {
        Approved bare = new Approved(1, NOW, "x", Optional.empty());
        return Stream.of(
                Arguments.of("nothing", List.of(), Set.of(), Set.of(), Set.of()),
                Arguments.of(
                        "the current one, however old",
                        List.of(approved(1, "a1", 900)),
                        Set.of(),
                        Set.of("a1"),
                        Set.of("a")),
                Arguments.of(
                        "superseded within the window, though approved long before",
                        List.of(approved(1, "a1", 900), approved(2, "b1", 29)),
                        Set.of(),
                        Set.of("a1", "b1"),
                        Set.of("a", "b")),
                Arguments.of(
                        "superseded as long ago as the window is",
                        List.of(approved(1, "a1", 900), approved(2, "b1", 30)),
                        Set.of(),
                        Set.of("a1", "b1"),
                        Set.of("b")),
                Arguments.of(
                        "the first other template supersedes, and no later one",
                        List.of(approved(1, "a1", 90), approved(2, "b1", 40), approved(3, "c1", 1)),
                        Set.of(),
                        Set.of("a1", "b1", "c1"),
                        Set.of("b", "c")),
                Arguments.of(
                        "other content of the same template supersedes nothing",
                        List.of(approved(1, "a1", 90), approved(2, "a2", 40), approved(3, "b1", 1)),
                        Set.of(),
                        Set.of("a1", "a2", "b1"),
                        Set.of("a", "b")),
                Arguments.of(
                        "current again",
                        List.of(approved(1, "a1", 90), approved(2, "b1", 80), approved(3, "a1", 60)),
                        Set.of(),
                        Set.of("a1", "b1"),
                        Set.of("a")),
                Arguments.of(
                        "recalled",
                        List.of(approved(1, "a1", 9), approved(2, "b1", 1)),
                        Set.of("a1"),
                        Set.of("a1", "b1"),
                        Set.of("b")),
                Arguments.of(
                        "the current one, recalled",
                        List.of(approved(1, "a1", 9), approved(2, "b1", 1)),
                        Set.of("b1"),
                        Set.of("a1", "b1"),
                        Set.of("a")),
                Arguments.of(
                        "one of two contents of a template is recalled",
                        List.of(approved(1, "a1", 9), approved(2, "a2", 8), approved(3, "b1", 1)),
                        Set.of("a1"),
                        Set.of("a1", "a2", "b1"),
                        Set.of("a", "b")),
                Arguments.of("template not known", List.of(bare), Set.of(), Set.of("x"), Set.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("histories")
    void wayBackIsOpenToWhatIsCurrentOrWasSupersededLatelyAndIsNotRecalled(
            String what, List<Approved> history, Set<String> recalled, Set<String> contents, Set<String> wayBack) {
        Random random = new Random(7);
        for (int i = 0; i < 5; i++) {
            List<Approved> shuffled = new ArrayList<>(history);
            Collections.shuffle(shuffled, random);
            assertThat(Approvals.of(shuffled, recalled, NOW, WINDOW))
                    .as(what)
                    .isEqualTo(new Approvals(contents, wayBack));
        }
    }

    @Test
    void orderIsTheLedgersAndNotTheClocks() {
        Approved first = approved(1, "a1", 0);
        Approved later = approved(2, "b1", 90); // by a clock that is 90 days behind
        assertThat(Approvals.of(List.of(first, later), Set.of(), NOW, WINDOW).wayBack())
                .containsExactly("b");
    }

    @Test
    void windowClosesWithTimeAlone() {
        List<Approved> history = List.of(approved(1, "a1", 9), approved(2, "b1", 0));
        assertThat(Approvals.of(history, Set.of(), NOW.plus(WINDOW).minusMillis(1), WINDOW)
                        .wayBack())
                .containsExactlyInAnyOrder("a", "b");
        assertThat(Approvals.of(history, Set.of(), NOW.plus(WINDOW), WINDOW).wayBack())
                .containsExactly("b");
    }
}
