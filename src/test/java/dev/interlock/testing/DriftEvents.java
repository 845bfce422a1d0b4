package dev.interlock.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The DriftEvents of a namespace, as kubectl shows them.
public final class DriftEvents {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Kubectl kubectl;
    private final String namespace;

    public DriftEvents(Kubectl kubectl, String namespace) {
        this.kubectl = kubectl;
        this.namespace = namespace;
    }

    public List<JsonNode> all() {
        try {
            List<JsonNode> found = new ArrayList<>();
            JSON.readTree(kubectl.run("get", "drift", "-n", namespace, "-o", "json")
                            .ok()
                            .out())
                    .path("items")
                    .forEach(found::add);
            return found;
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    public List<JsonNode> of(String object) {
        return all().stream()
                .filter(event -> event.at("/spec/subject/name").asText().equals(object))
                .toList();
    }

    public List<JsonNode> open() {
        return all().stream().filter(DriftEvents::isOpen).toList();
    }

    public static boolean isOpen(JsonNode event) {
        return event.at("/status/state").asText().equals("Open");
    }

    /// Waits for the one open event of an object.
    public JsonNode awaitOpen(String object) {
        return awaitOne(object, DriftEvents::isOpen);
    }

    /// Waits until an event of an object has ended so.
    public JsonNode awaitResolved(String object, String how) {
        return awaitOne(object, event -> event.at("/status/how").asText().equals(how));
    }

    private JsonNode awaitOne(String object, Predicate<JsonNode> wanted) {
        List<JsonNode> found = new ArrayList<>();
        try {
            await("drift of " + object)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        found.clear();
                        of(object).stream().filter(wanted).forEach(found::add);
                        return found.size() == 1;
                    });
        } catch (RuntimeException e) {
            throw new AssertionError("no such drift of %s; there is: %s".formatted(object, of(object)), e);
        }
        return found.getFirst();
    }

    /// Waits until an object has no open event, after it had one.
    public void awaitNoneOpen(String object) {
        await("no drift of " + object)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> of(object).stream().noneMatch(DriftEvents::isOpen));
    }

    /// Of the objects whose names begin so.
    public List<JsonNode> startingWith(String prefix) {
        return all().stream()
                .filter(event -> event.at("/spec/subject/name").asText().startsWith(prefix))
                .toList();
    }

    /// Waits until there are so many of these objects, and looks whether each has exactly one, which is open,
    /// in the cluster and in the ledger.
    ///
    /// @param operator that writes them
    public void assertOneEach(String prefix, int many, Interlock operator) {
        await("%d drifts".formatted(many))
                .atMost(Duration.ofMinutes(2))
                .until(() -> startingWith(prefix).size() >= many);
        operator.awaitDrift();
        List<JsonNode> found = startingWith(prefix);
        assertThat(found).hasSize(many).allMatch(DriftEvents::isOpen);
        assertThat(found.stream()
                        .map(event -> event.at("/spec/subject/uid").asText())
                        .distinct())
                .hasSize(many);
        try (LedgerReader ledger = LedgerReader.open(operator.operatorLedger())) {
            assertThat(ledger.notes().stream()
                            .filter(row -> row instanceof Stored.Drifted drifted
                                    && drifted.drift().subject().name().startsWith(prefix)))
                    .hasSize(many);
        }
    }
}
