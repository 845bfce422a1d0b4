package dev.interlock.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The wall clock of one process, which is set while it runs. Stands in for a machine whose clock somebody sets: no
/// test may do that to the machine that it runs on. Needs Linux and a C compiler.
public final class SetClock {
    private static @Nullable Path library;

    private final Path offset;

    private SetClock(Path offset) {
        this.offset = offset;
    }

    /// Gives a process, from its next start on, a clock that can be set; empty where there is no C compiler.
    public static Optional<SetClock> of(Interlock interlock) {
        return library().map(compiled -> {
            try {
                Path offset = Files.createTempFile(interlock.controlPlane().directory(), "clock-", "");
                SetClock clock = new SetClock(offset);
                clock.by(Duration.ZERO);
                interlock.set("LD_PRELOAD", compiled.toString());
                interlock.set("INTERLOCK_TEST_CLOCK", offset.toString());
                return clock;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static synchronized Optional<Path> library() {
        Path known = library;
        if (known != null) {
            return Optional.of(known);
        }
        try {
            Path made = Files.createTempFile(Path.of("target"), "clock-", ".so").toAbsolutePath();
            Process compiler = new ProcessBuilder(
                            "cc", "-O2", "-shared", "-fPIC", "-o", made.toString(), "src/test/clock/clock.c", "-ldl")
                    .inheritIO()
                    .start();
            assertThat(compiler.waitFor()).as("cc").isZero();
            library = made;
            return Optional.of(made);
        } catch (IOException noCompiler) {
            Progress.say("NOT TESTED: clocks that are set, because there is no C compiler `cc`: " + noCompiler);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Sets it to so much more than the time, at once.
    public void by(Duration difference) {
        try {
            Files.write(
                    offset,
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.nativeOrder())
                            .putLong(difference.toNanos())
                            .array(),
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
