package dev.interlock.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/// Who evaluates what takes long.
class WorkersTest {
    private static final int MEBIBYTE = 1024 * 1024;

    private final Deque<Runnable> many = new ArrayDeque<>();
    private final Deque<Runnable> few = new ArrayDeque<>();
    private final Workers workers = new Workers(many::add, few::add);

    private CompletableFuture<String> ask(int size) {
        return workers.run(size, () -> "done");
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
        for (int i = 0; i < 16; i++) {
            var _ = ask(MEBIBYTE);
        }
        assertThatThrownBy(() -> ask(MEBIBYTE)).isInstanceOf(RejectedExecutionException.class);
        assertThat(few).hasSize(16);
        few.remove().run();
        var _ = ask(MEBIBYTE);
        assertThat(few).hasSize(16);
    }

    @Test
    void whatNobodyTakesLeavesNothingOnItsWay() {
        Workers full = new Workers(Runnable::run, _ -> {
            throw new RejectedExecutionException();
        });
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> full.run(MEBIBYTE, () -> "done"))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage(null);
        }
    }

    @Test
    void whatFailsLeavesNothingOnItsWay() {
        for (int i = 0; i < 100; i++) {
            CompletableFuture<String> failing = workers.run(MEBIBYTE, () -> {
                throw new IllegalStateException("a bug");
            });
            few.remove().run();
            assertThat(failing).isCompletedExceptionally();
        }
    }
}
