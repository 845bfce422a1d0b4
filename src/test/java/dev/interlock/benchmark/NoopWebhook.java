package dev.interlock.benchmark;

import dev.interlock.testing.Kubectl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/// The webhook in Go that says yes to everything, as a process of its own: what any webhook costs at least.
final class NoopWebhook implements AutoCloseable {
    private final Process process;
    private final Path directory;

    /// @param record where to keep the reviews it is sent, a line each
    NoopWebhook(Path program, Path directory, Optional<Path> record) {
        this.directory = directory;
        try {
            Files.deleteIfExists(address());
            List<String> command = new ArrayList<>(List.of(program.toString(), directory.toString()));
            record.ifPresent(file -> command.add(file.toString()));
            process = new ProcessBuilder(command).inheritIO().start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("the webhook that does nothing")
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Files.exists(address()));
    }

    private Path address() {
        return directory.resolve("address");
    }

    Path authority() {
        return directory.resolve("authority.pem");
    }

    String url() {
        try {
            return "https://" + Files.readString(address());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /// Makes an API server ask it about whatever is made in namespaces with the label `load: noop`.
    void register(Kubectl admin) {
        try {
            String bundle = Base64.getEncoder()
                    .encodeToString(Files.readString(authority()).getBytes(StandardCharsets.UTF_8));
            admin.apply("""
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: ValidatingWebhookConfiguration
                    metadata: {name: noop}
                    webhooks:
                    - name: noop.load.test
                      clientConfig: {url: "%s/noop", caBundle: "%s"}
                      namespaceSelector: {matchLabels: {load: noop}}
                      rules:
                      - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments], scope: Namespaced}
                      sideEffects: None
                      failurePolicy: Fail
                      admissionReviewVersions: [v1]
                    """.formatted(url(), bundle)).ok();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
