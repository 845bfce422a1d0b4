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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The types of objects as the API server publishes them (`/openapi/v3`): of workloads, and of what else somebody asks
/// for. Read when somebody asks, and again by whoever asks ten minutes later, because another version may serve other
/// fields: after one minute where something was not there, after ten seconds where nothing could be read.
public final class PublishedTypes {
    private static final Duration LASTS = Duration.ofMinutes(10);
    private static final Duration AFTER_ABSENCE = Duration.ofMinutes(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /// Resources beside workloads that are remembered at a time; of others nothing is known.
    private static final int MOST = 512;

    private final KubernetesClient client;
    private final InstantSource steady;

    /// When each was asked for last.
    private final Map<GroupVersionResource, Instant> wanted = new HashMap<>();

    private Optional<Known> known = Optional.empty();

    /// The last read: it is over, is done now, or begins when the one before it is over.
    private CompletableFuture<Published> last = CompletableFuture.completedFuture(new Published.Unknown("not read"));

    /// Whether the last one knows what is wanted only by then.
    private boolean lastHasBegun = true;

    private Instant notBefore = Instant.MIN;

    /// What is known of them.
    public sealed interface Published {
        /// @param failures why the schemas of some groups could not be read now, by their `apiVersion`; one clause
        record Types(Typing typing, Map<String, String> failures) implements Published {
            public Types {
                failures = Map.copyOf(failures);
            }
        }

        /// @param cause one clause
        record Unknown(String cause) implements Published {}
    }

    /// @param place where it is, with a digest of it
    private record Placed(String place, SchemaReader.Document document) {}

    /// @param wanted    what was asked for beside workloads; some of it may not be there
    /// @param documents by the `apiVersion` of what is in them
    private record Known(Set<GroupVersionResource> wanted, Map<String, Placed> documents, Published.Types types) {}

    /// @param steady a clock that nobody sets
    public PublishedTypes(KubernetesClient client, InstantSource steady) {
        this.client = client;
        this.steady = steady;
    }

    /// Those of workloads and of some other resources, as known now, else as soon as they are read or that has
    /// failed; always in the end, and without waiting. What the API server does not publish is left out.
    public synchronized CompletableFuture<Published> read(Collection<GroupVersionResource> others) {
        Instant now = steady.instant();
        boolean more = false;
        for (GroupVersionResource other : others) {
            if (wanted.containsKey(other) || wanted.size() < MOST) {
                more |= wanted.put(other, now) == null;
            }
        }
        if (more || !now.isBefore(notBefore)) {
            notBefore = now.plus(LONGEST);
            if (lastHasBegun || last.isDone()) {
                lastHasBegun = false;
                last = last.handleAsync((_, _) -> readNow(), Thread.ofVirtual().name("published-types")::start)
                        .exceptionally(error -> new Published.Unknown("the reading failed: " + error));
            }
        }
        return known.filter(types -> types.wanted().containsAll(others))
                .map(types -> CompletableFuture.<Published>completedFuture(types.types()))
                .orElse(last);
    }

    /// What nobody has asked for lately is not read any more.
    private synchronized Set<GroupVersionResource> begin() {
        lastHasBegun = true;
        Instant lately = steady.instant().minus(LASTS);
        wanted.values().removeIf(asked -> asked.isBefore(lately));
        return Set.copyOf(wanted.keySet());
    }

    private Published readNow() {
        try {
            Known types = fetched(begin());
            boolean all = types.types().failures().isEmpty()
                    && types.wanted().stream().allMatch(types.types().typing()::knows);
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
        notBefore = steady.instant().plus(lasts);
    }

    private synchronized Optional<Known> known() {
        return known;
    }

    private Known fetched(Set<GroupVersionResource> others) throws Exception {
        JsonNode index = SpecReader.JSON.readTree(get("openapi/v3")).path("paths");
        Optional<Known> before = known();
        Map<String, Placed> documents = new LinkedHashMap<>();
        Map<String, String> failures = new HashMap<>();
        for (String version : versions(WorkloadKind.resources())) {
            documents.put(
                    version, placed(version, place(index, version).orElse("openapi/v3/" + path(version)), before));
        }
        for (String version : versions(others)) {
            Optional<String> place = place(index, version).filter(_ -> !documents.containsKey(version));
            if (place.isPresent()) {
                try {
                    documents.put(version, placed(version, place.get(), before));
                } catch (IOException e) { // one server behind the API server takes nothing from the rest
                    failures.put(version, SpecReader.firstLine(e));
                    before.map(types -> types.documents().get(version))
                            .ifPresent(older -> documents.put(version, older));
                }
            }
        }
        Typing typing = before.filter(same ->
                        same.documents().equals(documents) && same.wanted().equals(others))
                .map(same -> same.types().typing())
                .orElseGet(() -> typing(documents.values(), others));
        return new Known(others, documents, new Published.Types(typing, failures));
    }

    private Placed placed(String version, String place, Optional<Known> before) throws Exception {
        Optional<Placed> same = before.map(types -> types.documents().get(version))
                .filter(placed -> placed.place().equals(place));
        return same.isPresent() ? same.get() : new Placed(place, SchemaReader.read(get(place)));
    }

    private static Typing typing(Collection<Placed> documents, Set<GroupVersionResource> others) {
        Map<ObjectKind, Schema> kinds = new HashMap<>();
        Map<String, Schema> named = new HashMap<>();
        documents.forEach(placed -> {
            placed.document().named().forEach(named::putIfAbsent);
            placed.document().kinds().forEach((kind, schema) -> {
                if (kind instanceof WorkloadKind || others.contains(kind.groupVersionResource())) {
                    kinds.put(kind, schema);
                }
            });
        });
        return new Typing(kinds, named);
    }

    /// Each `apiVersion` once.
    private static List<String> versions(Collection<GroupVersionResource> resources) {
        return resources.stream()
                .map(GroupVersionResource::apiVersion)
                .distinct()
                .sorted()
                .toList();
    }

    private static String path(String version) {
        return version.contains("/") ? "apis/" + version : "api/" + version;
    }

    /// Where a document is; empty where it is not listed.
    private static Optional<String> place(JsonNode index, String version) {
        return Optional.ofNullable(
                        index.path(path(version)).path("serverRelativeURL").textValue())
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
