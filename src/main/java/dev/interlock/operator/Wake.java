package dev.interlock.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.Optional;

/// Makes a reconciler look at all of its primaries, for what no watch tells it.
final class Wake<P extends HasMetadata> {
    private volatile Optional<Awake<P>> awake = Optional.empty();

    private record Awake<P extends HasMetadata>(SimpleInboundEventSource<P> source, EventSourceContext<P> context) {}

    EventSource<?, P> source(EventSourceContext<P> context) {
        SimpleInboundEventSource<P> source = new SimpleInboundEventSource<>();
        awake = Optional.of(new Awake<>(source, context));
        return source;
    }

    void all() {
        awake.ifPresent(known -> known.context()
                .getPrimaryCache()
                .list()
                .map(ResourceID::fromResource)
                .forEach(known.source()::propagateEvent));
    }
}
