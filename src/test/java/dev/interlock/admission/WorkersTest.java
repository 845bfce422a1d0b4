package dev.interlock.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Who evaluates what takes long.
class WorkersTest {
    private static final int MEBIBYTE = 1024 * 1024;
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-25T10:00:00Z"));
    private static final Instant DEADLINE = Instant.parse("2026-11-25T10:00:30Z");

    private final Deque<Runnable> many = new ArrayDeque<>();
    private final Deque<Runnable> few = new ArrayDeque<>();
    private final Workers workers = new Workers(many::add, few::add, CLOCK);

    private CompletableFuture<String> ask(int size) {
        return workers.run(size, DEADLINE, () -> "done");
    }

    @Test
    void whatIsSmallNeverWaitsBehindWhatIsLarge() {
        CompletableFuture<String> large = ask(MEBIBYTE);
        CompletableFuture<String> small = ask(10_000);
        many.remove().run();
        assertThat(small).isCompletedWithValue("done");
        assertThat(large).isNotCompleted();
        few.remove().run();
        assertThat(large).isCompletedWithValue("done");
    }

    @Test
    void largeOnesAreRefusedOnlyWhileTooManyAreOnTheirWay() {
        for (int i = 0; i < 8; i++) {
            var _ = ask(MEBIBYTE);
        }
        assertThatThrownBy(() -> ask(MEBIBYTE)).isInstanceOf(RejectedExecutionException.class);
        assertThat(few).hasSize(8);
        few.remove().run();
        var _ = ask(MEBIBYTE);
        assertThat(few).hasSize(8);
    }

    @Test
    void whatNobodyTakesLeavesNothingOnItsWay() {
        Workers full = new Workers(
                Runnable::run,
                _ -> {
                    throw new RejectedExecutionException();
                },
                CLOCK);
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> full.run(MEBIBYTE, DEADLINE, () -> "done"))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage(null);
        }
    }

    @Test
    void whatFailsLeavesNothingOnItsWay() {
        for (int i = 0; i < 100; i++) {
            CompletableFuture<String> failing = workers.run(MEBIBYTE, DEADLINE, () -> {
                throw new IllegalStateException("a bug");
            });
            few.remove().run();
            assertThat(failing).isCompletedExceptionally();
        }
    }

    @Test
    void whatDoesNotEndByItsDeadlineIsNotDoneAfterIt() {
        AtomicInteger times = new AtomicInteger();
        CompletableFuture<Integer> late = workers.run(MEBIBYTE, CLOCK.instant().plusMillis(1), times::incrementAndGet);
        assertIsNotDoneAfterItsDeadline(late, times);
    }

    private void assertIsNotDoneAfterItsDeadline(CompletableFuture<Integer> late, AtomicInteger times) {
        await().until(late::isDone);
        assertThat(late)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(TimeoutException.class);
        few.remove().run();
        assertThat(times).hasValue(0);
    }

    /// Else the object that has been read would wait in a queue of objects.
    @Test
    void whatIsPartOfTheWorkOnALargeReviewIsDoneAtOnce() {
        CompletableFuture<String> whole =
                workers.whole(MEBIBYTE, DEADLINE, () -> workers.run(MEBIBYTE, DEADLINE, () -> "part"));
        few.remove().run();
        assertThat(whole).isCompletedWithValue("part");
        assertThat(few).isEmpty();
    }

    @Test
    void partWhoseDeadlineIsOverIsNotBegun() {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger times = new AtomicInteger();
        CompletableFuture<String> whole = workers.whole(MEBIBYTE, DEADLINE, () -> {
            failure.set(workers.run(10_000, CLOCK.instant().minusMillis(1), times::incrementAndGet)
                    .exceptionNow());
            return CompletableFuture.completedFuture("whole");
        });
        few.remove().run();
        assertThat(whole).isCompletedWithValue("whole");
        assertThat(failure.get()).isInstanceOf(TimeoutException.class);
        assertThat(times).hasValue(0);
    }

    @Test
    void wholeThatDoesNotBeginByItsDeadlineIsNotDoneAfterIt() {
        AtomicInteger times = new AtomicInteger();
        CompletableFuture<Integer> late = workers.whole(
                MEBIBYTE,
                CLOCK.instant().plusMillis(1),
                () -> CompletableFuture.completedFuture(times.incrementAndGet()));
        assertIsNotDoneAfterItsDeadline(late, times);
    }

    /// It may be in the ledger by then.
    @Test
    void wholeThatHasBegunIsAnsweredAsItEnds() {
        CompletableFuture<String> journal = new CompletableFuture<>();
        CompletableFuture<String> whole =
                workers.whole(MEBIBYTE, CLOCK.instant().plusSeconds(1), () -> journal);
        few.remove().run();
        CompletableFuture<Integer> after =
                workers.whole(MEBIBYTE, CLOCK.instant().plusSeconds(1), () -> CompletableFuture.completedFuture(1));
        await().until(after::isDone);
        assertThat(whole).isNotCompleted();
        journal.complete("durable");
        assertThat(whole).isCompletedWithValue("durable");
    }

    @Test
    void wholeThatFailsLeavesNothingOnItsWay() {
        for (int i = 0; i < 100; i++) {
            CompletableFuture<String> failing = workers.whole(MEBIBYTE, DEADLINE, () -> {
                throw new IllegalStateException("a bug");
            });
            few.remove().run();
            assertThat(failing).isCompletedExceptionally();
        }
    }
}
