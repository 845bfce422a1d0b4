package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.decision.cel.Schema;
import dev.interlock.decision.cel.Typing;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.ObjectKind;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The types of objects as the API server publishes them (`/openapi/v3`): of workloads, and of what else somebody has
/// asked for. Read when somebody asks, and again by whoever asks ten minutes later: another version may serve other
/// fields.
public final class PublishedTypes {
    private static final Duration LASTS = Duration.ofMinutes(10);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    /// Where some of them are not there: their definition may come.
    private static final Duration AFTER_ABSENCE = Duration.ofMinutes(1);

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private static final System.Logger LOG = System.getLogger(PublishedTypes.class.getName());

    private final KubernetesClient client;
    private final InstantSource steady;
    private Optional<Known> known = Optional.empty();
    private final Set<GroupVersionResource> wanted = new HashSet<>();

    /// The last that was begun, or that begins when the one before it has ended.
    private CompletableFuture<Published> reading = CompletableFuture.completedFuture(new Published.Unknown("not read"));

    private boolean begun = true;
    private Instant again = Instant.MIN;

    /// What is known of them.
    public sealed interface Published {
        record Types(Typing typing) implements Published {}

        /// @param cause one clause
        record Unknown(String cause) implements Published {}
    }

    /// @param wanted    what was asked for beside workloads; some of it may not be there
    /// @param documents by their places, in which there is a digest of each
    private record Known(
            Set<GroupVersionResource> wanted, Map<String, SchemaReader.Document> documents, Published.Types types) {}

    /// @param steady a clock that nobody sets
    public PublishedTypes(KubernetesClient client, InstantSource steady) {
        this.client = client;
        this.steady = steady;
    }

    /// Those of workloads and of some other resources, as known now, else as soon as they are read or that has
    /// failed; always in the end, and without waiting. What the API server does not publish is left out.
    public synchronized CompletableFuture<Published> read(Collection<GroupVersionResource> others) {
        boolean more = wanted.addAll(others);
        Instant now = steady.instant();
        if (more || !now.isBefore(again)) {
            again = now.plus(LONGEST);
            if (begun) {
                begun = false;
                reading = reading.thenApplyAsync(
                        _ -> readNow(), Thread.ofVirtual().name("published-types")::start);
            }
        }
        return known.filter(types -> types.wanted().containsAll(others))
                .map(types -> CompletableFuture.<Published>completedFuture(types.types()))
                .orElse(reading);
    }

    private synchronized Set<GroupVersionResource> begin() {
        begun = true;
        return Set.copyOf(wanted);
    }

    private Published readNow() {
        try {
            Known types = fetched(begin());
            boolean all = types.wanted().stream().allMatch(types.types().typing()::knows);
            done(Optional.of(types), all ? LASTS : AFTER_ABSENCE);
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

    private Known fetched(Set<GroupVersionResource> others) throws Exception {
        JsonNode published = SpecReader.JSON.readTree(get("openapi/v3")).path("paths");
        Optional<Known> before = known();
        Map<String, SchemaReader.Document> documents = new LinkedHashMap<>();
        for (String version : versions(WorkloadKind.resources())) {
            String place = place(published, version).orElse("openapi/v3/" + version);
            documents.put(place, document(place, before));
        }
        for (String version : versions(others)) {
            Optional<String> place = place(published, version).filter(found -> !documents.containsKey(found));
            if (place.isPresent()) {
                try {
                    documents.put(place.get(), document(place.get(), before));
                } catch (IOException e) { // one server behind the API server takes nothing from the rest
                    LOG.log(System.Logger.Level.DEBUG, "the schemas of {0} cannot be read: {1}", version, e);
                }
            }
        }
        return before.filter(same ->
                        same.documents().equals(documents) && same.wanted().equals(others))
                .orElseGet(() -> new Known(others, documents, new Published.Types(typing(documents, others))));
    }

    private SchemaReader.Document document(String place, Optional<Known> before) throws Exception {
        SchemaReader.Document same =
                before.map(types -> types.documents().get(place)).orElse(null);
        return same != null ? same : SchemaReader.read(get(place));
    }

    private static Typing typing(Map<String, SchemaReader.Document> documents, Set<GroupVersionResource> others) {
        Map<ObjectKind, Schema> kinds = new HashMap<>();
        Map<String, Schema> named = new HashMap<>();
        documents.values().forEach(document -> {
            document.named().forEach(named::putIfAbsent);
            document.kinds().forEach((kind, schema) -> {
                if (kind instanceof WorkloadKind || others.contains(kind.groupVersionResource())) {
                    kinds.put(kind, schema);
                }
            });
        });
        return new Typing(kinds, named);
    }

    /// Each once, as the documents are listed by them.
    private static List<String> versions(Collection<GroupVersionResource> resources) {
        return resources.stream()
                .map(GroupVersionResource::apiVersion)
                .distinct()
                .map(version -> version.contains("/") ? "apis/" + version : "api/" + version)
                .sorted()
                .toList();
    }

    /// Where a document is; empty where it is not listed.
    private static Optional<String> place(JsonNode published, String version) {
        return Optional.ofNullable(
                        published.path(version).path("serverRelativeURL").textValue())
                .map(place -> place.substring(1));
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
