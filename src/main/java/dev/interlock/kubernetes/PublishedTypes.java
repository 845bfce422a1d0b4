package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.decision.cel.Typing;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The types of governed kinds as the API server publishes them (`/openapi/v3`). Read when somebody asks for them, and
/// again by whoever asks ten minutes later: another version may serve other fields.
public final class PublishedTypes {
    private static final Duration LASTS = Duration.ofMinutes(10);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final KubernetesClient client;
    private final InstantSource steady;
    private Optional<Known> known = Optional.empty();
    private CompletableFuture<Published> reading = new CompletableFuture<>();
    private Instant again = Instant.MIN;

    /// What is known of them.
    public sealed interface Published {
        record Types(Typing typing) implements Published {}

        /// @param cause one clause
        record Unknown(String cause) implements Published {}
    }

    /// @param places with the digests of what is there
    private record Known(List<String> places, Published.Types types) {}

    /// @param steady a clock that nobody sets
    public PublishedTypes(KubernetesClient client, InstantSource steady) {
        this.client = client;
        this.steady = steady;
    }

    /// As known now, else as soon as they are read or that has failed; always in the end, and without waiting.
    public synchronized CompletableFuture<Published> read() {
        Instant now = steady.instant();
        if (!now.isBefore(again)) {
            again = now.plus(LONGEST);
            CompletableFuture<Published> next = new CompletableFuture<>();
            reading = next;
            Thread.ofVirtual().name("published-types").start(() -> next.complete(readNow()));
        }
        return known.<CompletableFuture<Published>>map(types -> CompletableFuture.completedFuture(types.types()))
                .orElse(reading);
    }

    private Published readNow() {
        try {
            Known types = fetched();
            done(Optional.of(types), LASTS);
            return types.types();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Published.Unknown("interrupted");
        } catch (Exception e) { // whatever it is: nobody's decision waits for it
            done(Optional.empty(), AFTER_FAILURE);
            return new Published.Unknown("the API server's schemas cannot be read: " + SpecReader.firstLine(e));
        }
    }

    private synchronized void done(Optional<Known> types, Duration lasts) {
        known = types.or(() -> known);
        again = steady.instant().plus(lasts);
    }

    private synchronized Optional<Known> known() {
        return known;
    }

    private Known fetched() throws Exception {
        List<String> places = places();
        Optional<Known> same = known().filter(types -> types.places().equals(places));
        if (same.isPresent()) {
            return same.get();
        }
        SchemaReader reader = new SchemaReader();
        for (String place : places) {
            reader.read(get(place));
        }
        return new Known(places, new Published.Types(reader.typing()));
    }

    /// Where the documents of the governed kinds are.
    private List<String> places() throws Exception {
        JsonNode paths = SpecReader.JSON.readTree(get("openapi/v3")).path("paths");
        return Arrays.stream(WorkloadKind.values())
                .map(WorkloadKind::apiVersion)
                .distinct()
                .map(version -> version.contains("/") ? "apis/" + version : "api/" + version)
                .map(path -> paths.path(path).path("serverRelativeURL").asText("/openapi/v3/" + path))
                .map(place -> place.substring(1))
                .toList();
    }

    /// Whole, not as a stream: the client ends a connection whose stream is closed, and would take it once more.
    private byte[] get(String place) throws Exception {
        HttpRequest request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(client.getMasterUrl() + place)
                .header("Accept", "application/json")
                .build();
        try {
            HttpResponse<byte[]> answer = client.getHttpClient()
                    .sendAsync(request, byte[].class)
                    .get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
            if (!answer.isSuccessful()) {
                throw new IOException("`/%s` is answered with code %d".formatted(place, answer.code()));
            }
            return answer.body();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("`/%s` is not answered".formatted(place), e);
        }
    }
}
