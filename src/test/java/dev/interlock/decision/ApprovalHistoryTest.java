package dev.interlock.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Approvals.Approved;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
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
class ApprovalHistoryTest {
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
            assertThat(ApprovalHistory.NONE.with(shuffled).at(recalled, NOW, WINDOW))
                    .as(what)
                    .isEqualTo(new Approvals(contents, wayBack));
        }
    }

    @Test
    void orderIsTheLedgersAndNotTheClocks() {
        Approved first = approved(1, "a1", 0);
        Approved later = approved(2, "b1", 90); // by a clock that is 90 days behind
        assertThat(ApprovalHistory.NONE
                        .with(List.of(first, later))
                        .at(Set.of(), NOW, WINDOW)
                        .wayBack())
                .containsExactly("b");
    }

    @Test
    void windowClosesWithTimeAlone() {
        List<Approved> history = List.of(approved(1, "a1", 9), approved(2, "b1", 0));
        assertThat(ApprovalHistory.NONE
                        .with(history)
                        .at(Set.of(), NOW.plus(WINDOW).minusMillis(1), WINDOW)
                        .wayBack())
                .containsExactlyInAnyOrder("a", "b");
        assertThat(ApprovalHistory.NONE
                        .with(history)
                        .at(Set.of(), NOW.plus(WINDOW), WINDOW)
                        .wayBack())
                .containsExactly("b");
    }

    /// The law as it reads, one approval after the other.
    private static Set<String> wayBack(List<Approved> inOrder, Set<String> recalled) {
        Set<String> open = new HashSet<>();
        for (int i = 0; i < inOrder.size(); i++) {
            Optional<String> template = inOrder.get(i).template();
            boolean current = template.equals(inOrder.getLast().template());
            boolean recent = inOrder.stream()
                    .skip(i)
                    .filter(later -> !later.template().equals(template))
                    .findFirst()
                    .map(later -> NOW.isBefore(later.at().plus(WINDOW)))
                    .orElse(true);
            if ((current || recent) && !recalled.contains(inOrder.get(i).content())) {
                template.ifPresent(open::add);
            }
        }
        return open;
    }

    @Test
    void howeverItIsReadItComesToWhatTheLawSays() {
        Random random = new Random(11);
        List<String> contents = List.of("a1", "a2", "b1", "b2", "c1");
        for (int world = 0; world < 2_000; world++) {
            List<Approved> all = new ArrayList<>();
            int many = random.nextInt(12);
            for (int i = 1; i <= many; i++) {
                all.add(approved(i, contents.get(random.nextInt(contents.size())), random.nextInt(60)));
            }
            Set<String> recalled = Set.of(contents.get(random.nextInt(contents.size())));
            int cut = random.nextInt(many + 1);
            assertThat(ApprovalHistory.NONE
                            .with(all.subList(0, cut))
                            .with(all.subList(cut, many))
                            .at(recalled, NOW, WINDOW)
                            .wayBack())
                    .as("%s without %s", all, recalled)
                    .isEqualTo(wayBack(all, recalled));
        }
    }

    @Test
    void whatIsApprovedAgainAndAgainIsKeptOnce() {
        ApprovalHistory history = ApprovalHistory.NONE;
        for (int i = 1; i <= 1_000; i++) {
            history = history.with(List.of(approved(i, i % 2 == 0 ? "a1" : "b1", 0)));
        }
        assertThat(history.superseded()).hasSize(2);
        assertThat(history.contents()).containsExactlyInAnyOrder("a1", "b1");
        assertThat(history.last()).isEqualTo(1_000);
    }
}
