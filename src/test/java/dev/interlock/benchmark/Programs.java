package dev.interlock.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The programs in Go of `src/test/load`: what sends, and the webhook that does nothing.
record Programs(Path directory) {
    private static final Path SOURCES = Path.of("src/test/load");

    /// Builds them, in seconds where they were built before.
    static Programs build() {
        try {
            Path directory = Files.createDirectories(Path.of("target/load")).toAbsolutePath();
            int exit = new ProcessBuilder(
                            List.of("go", "build", "-o", directory + "/", "./...", "github.com/tsenart/vegeta/v12"))
                    .directory(SOURCES.toFile())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("go build failed, see above");
            }
            return new Programs(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Path noop() {
        return directory.resolve("load");
    }

    Path vegeta() {
        return directory.resolve("vegeta");
    }
}
