package dev.interlock.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Runs a program to its end, however much it writes and however little it reads.
public final class Processes {
    private Processes() {}

    /// Feeds `input` to the program and hands each line of its error output to `progress` as it comes; a
    /// program that is not done after `patience` is ended and fails the test.
    public static Kubectl.Result run(
            ProcessBuilder program, String input, Duration patience, Consumer<String> progress) {
        List<String> command = List.copyOf(program.command());
        try (var streams = Executors.newVirtualThreadPerTaskExecutor()) {
            Process process = program.start();
            Future<?> in = streams.submit(() -> feed(process, input));
            Future<String> out =
                    streams.submit(() -> new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            Future<String> err = streams.submit(() -> follow(process.errorReader(StandardCharsets.UTF_8), progress));
            try {
                boolean ended = process.waitFor(patience);
                if (!ended) {
                    end(process);
                }
                in.get();
                var result = new Kubectl.Result(command, process.waitFor(), out.get(), err.get());
                if (!ended) {
                    throw new AssertionError("not done after %s: %s".formatted(patience, result));
                }
                return result;
            } catch (InterruptedException interruption) {
                end(process);
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for " + command, interruption);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot run " + command, failure);
        } catch (ExecutionException failure) {
            throw new IllegalStateException("cannot read what " + command + " writes", failure);
        }
    }

    private static void feed(Process process, String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException _) {
            // It ended without reading all of it; its exit code and its messages say why.
        }
    }

    private static String follow(BufferedReader lines, Consumer<String> progress) throws IOException {
        var all = new StringBuilder();
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                progress.accept(line);
                all.append(line).append('\n');
            }
        }
        return all.toString();
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
