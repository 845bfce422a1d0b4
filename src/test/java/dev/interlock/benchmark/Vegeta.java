package dev.interlock.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Sends requests and measures how long each takes, by the program of that name: a client that takes little
/// of the machine that it shares with what it measures. HTTP/1.1, connections are kept.
final class Vegeta {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What it says of its attempt to go on after the last one.
    private static final String END = "no targets to attack";

    private final Path program;
    private final Path directory;

    /// @param directory for what is sent and what was answered
    Vegeta(Path program, Path directory) {
        this.program = program;
        this.directory = directory;
    }

    /// How requests follow each other.
    sealed interface Pace {
        /// The next when the one before is answered, on so many connections.
        record Closed(int connections) implements Pace {}

        /// So many a second, whether or not those before are answered.
        record Open(int perSecond) implements Pace {}
    }

    /// Whom to send to.
    ///
    /// @param authority the file by which its certificate is known
    record Server(String url, Path authority, Map<String, List<String>> headers) {
        /// Whoever answers at an address that one knows by a certificate, asked by nobody in particular.
        static Server at(String url, Path authority) {
            return new Server(url, authority, Map.of());
        }

        /// The port of Interlock's webhook.
        ///
        /// @param authority the file that has [Interlock#trusted]
        static Server of(Interlock interlock, Path authority) {
            return at("https://127.0.0.1:" + interlock.webhookPort(), authority);
        }

        /// An API server, as its administrator.
        static Server of(ControlPlane plane) {
            return new Server(
                    plane.server(),
                    plane.authority(),
                    Map.of(
                            "Authorization",
                            List.of("Bearer " + plane.token()),
                            "Content-Type",
                            List.of("application/json")));
        }
    }

    /// What became of one request.
    ///
    /// @param nanos from sending to the whole answer
    /// @param status of HTTP; 0 where there was none
    record Answer(long nanos, int status, String error, String body) {
        /// Whether a review, or a request to an API server, was denied.
        ///
        /// @throws IllegalStateException where it was neither let in nor denied
        boolean refused() {
            return switch (status) {
                case 200 -> !review().path("allowed").asBoolean();
                case 201 -> false;
                case 403 -> true;
                default -> throw new IllegalStateException("answered %d: %s %s".formatted(status, error, body));
            };
        }

        /// The answer to a review.
        JsonNode review() {
            try {
                return JSON.readTree(body).path("response");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// @param nanos from the first request's sending to the last one's answer
    record Answers(List<Answer> each, long nanos) {}

    /// Posts each of the requests once and returns when all are answered.
    void post(Server server, Pace pace, List<Request> requests) {
        begin(server, pace, requests).close();
    }

    /// Posts each of the requests once, beside whatever is done meanwhile.
    Posting begin(Server server, Pace pace, List<Request> requests) {
        Path targets = directory.resolve("targets");
        Path results = results();
        write(server, requests, targets);
        List<String> attack = new ArrayList<>(List.of(
                program.toString(),
                "attack",
                "-format=json",
                "-lazy",
                "-http2=false",
                "-timeout=60s",
                "-root-certs=" + server.authority(),
                "-targets=" + targets,
                "-output=" + results));
        attack.addAll(
                switch (pace) {
                    case Pace.Closed(int connections) ->
                        List.of("-rate=0", "-workers=" + connections, "-max-workers=" + connections);
                    case Pace.Open(int perSecond) ->
                        List.of("-rate=%d/1s".formatted(perSecond), "-workers=16", "-connections=1000");
                });
        return new Posting(attack, start(attack, Optional.empty()));
    }

    /// Is closed when all are answered.
    record Posting(List<String> command, Process process) implements AutoCloseable {
        boolean endsWithin(Duration duration) {
            try {
                return process.waitFor(duration.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            finish(command, process);
        }
    }

    /// Posts one request over and over until it is closed, whatever is answered.
    ///
    /// @param keeps whether connections are kept, or each request makes its own
    Flood flood(Server server, int perSecond, boolean keeps, Request request) {
        Path target = directory.resolve("flood-target");
        write(server, List.of(request), target);
        Path sent = directory.resolve("flood");
        return new Flood(
                start(
                        List.of(
                                program.toString(),
                                "attack",
                                "-format=json",
                                "-http2=false",
                                "-timeout=5s",
                                "-connections=100",
                                "-keepalive=" + keeps,
                                "-max-workers=200",
                                "-max-body=0",
                                "-root-certs=" + server.authority(),
                                "-rate=%d/1s".formatted(perSecond),
                                "-targets=" + target,
                                "-output=" + sent),
                        Optional.empty()),
                sent);
    }

    final class Flood implements AutoCloseable {
        private final Process process;
        private final Path sent;

        private Flood(Process process, Path sent) {
            this.process = process;
            this.sent = sent;
        }

        /// Ends it, and says how much of it there was.
        @Override
        public void close() {
            process.destroy();
            process.onExit().join();
            run(List.of(program.toString(), "report", sent.toString()), Optional.empty());
        }
    }

    /// What was answered to the requests that were posted last.
    Answers answers() {
        Path decoded = directory.resolve("results.json");
        run(List.of(program.toString(), "encode", "-to=json", results().toString()), Optional.of(decoded));
        return read(decoded);
    }

    private Path results() {
        return directory.resolve("results");
    }

    /// @param path below the server's address
    record Request(String path, String body) {}

    private static void write(Server server, List<Request> requests, Path targets) {
        try (BufferedWriter lines = Files.newBufferedWriter(targets)) {
            for (Request request : requests) {
                lines.write(JSON.writeValueAsString(Map.of(
                        "method",
                        "POST",
                        "url",
                        server.url() + request.path(),
                        "header",
                        server.headers(),
                        "body",
                        Base64.getEncoder().encodeToString(request.body().getBytes(StandardCharsets.UTF_8)))));
                lines.newLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(List<String> command, Optional<Path> output) {
        finish(command, start(command, output));
    }

    private static void finish(List<String> command, Process process) {
        try {
            if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException("failed: " + String.join(" ", command));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Process start(List<String> command, Optional<Path> output) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(output.isEmpty());
            output.ifPresentOrElse(
                    file -> builder.redirectOutput(file.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT),
                    builder::inheritIO);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answers read(Path decoded) {
        try {
            List<Answer> answers = new ArrayList<>();
            long first = Long.MAX_VALUE;
            long last = 0;
            for (String line : Files.readAllLines(decoded)) {
                JsonNode result = JSON.readTree(line);
                if (result.path("error").asText().equals(END)) {
                    continue;
                }
                long sent = nanos(result.path("timestamp").asText());
                long took = result.path("latency").asLong();
                first = Math.min(first, sent);
                last = Math.max(last, sent + took);
                answers.add(new Answer(
                        took,
                        result.path("code").asInt(),
                        result.path("error").asText(),
                        new String(
                                Base64.getDecoder().decode(result.path("body").asText("")), StandardCharsets.UTF_8)));
            }
            return new Answers(answers, last - first);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long nanos(String timestamp) {
        Instant instant = OffsetDateTime.parse(timestamp).toInstant();
        return instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
    }
}
