package dev.interlock.operator;

import static dev.interlock.decision.Fixture.obj;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.decision.Fixture;
import dev.interlock.drift.Managers;
import dev.interlock.drift.Observation;
import dev.interlock.kubernetes.LiveObject;
import dev.interlock.kubernetes.LiveObjects.Whole;
import dev.interlock.kubernetes.ObjectKey;
import dev.interlock.workload.Content;
import dev.interlock.workload.Node;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OwnersTest {
    private static final Node.Obj TEMPLATE =
            obj("spec", obj("containers", List.of(Fixture.container("main", "registry.example/shop:1"))));

    private final Map<ObjectKey, Whole> live = new HashMap<>();
    private final List<ObjectKey> fetched = new ArrayList<>();
    private final Owners owners = Owners.fetched(key -> {
        fetched.add(key);
        return Optional.ofNullable(live.get(key));
    });

    @Test
    void law_anOwnerThatGoesBetweenTwoLooksIsThereForBoth() {
        live(WorkloadKind.JOB, "nightly", Optional.empty());
        LiveObject pod = live(WorkloadKind.POD, "nightly-1", controller(WorkloadKind.JOB, "nightly"));

        assertThat(owners.gone(pod)).isFalse();
        live.clear();
        assertThat(owners.of(pod)).isPresent();
        assertThat(owners.gone(pod)).isFalse();
        assertThat(fetched).hasSize(1);
    }

    @Test
    void law_anOwnerThatIsMadeAgainBetweenTwoLooksIsGoneForBoth() {
        LiveObject pod = live(WorkloadKind.POD, "nightly-1", controller(WorkloadKind.JOB, "nightly"));

        assertThat(owners.gone(pod)).isTrue();
        live(WorkloadKind.JOB, "nightly", Optional.empty());
        assertThat(owners.gone(pod)).isTrue();
        assertThat(owners.of(pod)).isEmpty();
    }

    @Test
    void anotherObjectOfTheOwnersNameIsNotTheOwner() {
        live(WorkloadKind.JOB, "nightly", Optional.empty());
        LiveObject pod = live(
                WorkloadKind.POD,
                "nightly-1",
                Optional.of(new LiveObject.Controller("Job", "nightly", "uid of the Job before")));

        assertThat(owners.gone(pod)).isTrue();
        assertThat(owners.of(pod)).isEmpty();
    }

    @Test
    void anOwnerOfAKindThatIsNotWatchedIsNeverGone() {
        LiveObject pod = live(
                WorkloadKind.POD, "rollout-1", Optional.of(new LiveObject.Controller("Rollout", "rollout", "uid")));

        assertThat(owners.gone(pod)).isFalse();
        assertThat(owners.of(pod)).isEmpty();
        assertThat(fetched).isEmpty();
    }

    @Test
    void theChainOfOwnersBeginsWithTheNearest() {
        live(WorkloadKind.DEPLOYMENT, "shop", Optional.empty());
        live(WorkloadKind.REPLICA_SET, "shop-1", controller(WorkloadKind.DEPLOYMENT, "shop"));
        LiveObject pod = live(WorkloadKind.POD, "shop-1-1", controller(WorkloadKind.REPLICA_SET, "shop-1"));

        assertThat(owners.chain(pod))
                .extracting(owner -> owner.live().ref().name())
                .containsExactly("shop-1", "shop");
    }

    @Test
    void ownersOfAListAreThoseThatWereNoted() {
        LiveObject job = live(WorkloadKind.JOB, "nightly", Optional.empty());
        LiveObject pod = live(WorkloadKind.POD, "nightly-1", controller(WorkloadKind.JOB, "nightly"));
        Owners listed = Owners.listed();
        listed.note(Objects.requireNonNull(live.get(job.key())));

        assertThat(listed.of(pod).map(Owners.Owner::live)).contains(job);
        assertThat(Owners.listed().gone(pod)).isTrue();
    }

    private static Optional<LiveObject.Controller> controller(WorkloadKind kind, String name) {
        return Optional.of(new LiveObject.Controller(kind.kind(), name, uid(kind, name)));
    }

    private static String uid(WorkloadKind kind, String name) {
        return "uid of " + kind.kind() + " " + name;
    }

    private LiveObject live(WorkloadKind kind, String name, Optional<LiveObject.Controller> controller) {
        ObjectRef ref = new ObjectRef(kind.apiVersion(), kind.kind(), "shop", name, uid(kind, name));
        Workload workload =
                Workload.of(kind, kind == WorkloadKind.POD ? TEMPLATE : obj("spec", obj("template", TEMPLATE)));
        Content content = Content.of(workload, Fixture.MASK);
        LiveObject object = new LiveObject(
                kind, ref, "1", controller, controller.isPresent(), false, Optional.of(content.digest()));
        live.put(
                object.key(),
                new Whole(
                        object, workload, new Observation(ref, kind, content, content.template(kind), Managers.NONE)));
        return object;
    }
}
