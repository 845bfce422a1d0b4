package dev.interlock.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A file system of its own in memory, so small that it can be full. Only root can mount one.
///
/// @param path where it is
public record SmallDisk(Path path) implements AutoCloseable {
    /// Mounts one; empty where this user cannot, which is said.
    ///
    /// @param size as `mount` has it, for example `3m`
    public static Optional<SmallDisk> mount(Path directory, String size) {
        try {
            Path disk = Files.createDirectory(directory.resolve("disk"));
            boolean mounted = System.getProperty("user.name").equals("root")
                    && run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString()) == 0;
            if (!mounted) {
                Progress.say("SKIPPED: a full disk is a small tmpfs here, and only root can mount one");
            }
            return mounted ? Optional.of(new SmallDisk(disk)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int run(String... command) throws IOException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            run("umount", "-l", path.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
