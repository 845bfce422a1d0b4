package dev.interlock.admission;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.benchmark.Deployments;
import dev.interlock.testing.Manifests;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// From the bytes of a review, some 6 KB, to what is looked at; Jackson's own tree of them beside it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class DecodeBenchmark {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final byte[] review = """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",
            "kind":{"group":"apps","version":"v1","kind":"Deployment"},"name":"shop","namespace":"shop",
            "operation":"CREATE","userInfo":{"username":"jane"},"dryRun":false,"object":%s}}
            """.formatted(Deployments.json("shop", "shop", Manifests.GOOD_IMAGE))
            .getBytes(StandardCharsets.UTF_8);

    @Benchmark
    public Object review() {
        return ReviewDecoder.decode(review);
    }

    @Benchmark
    public Object tree() throws Exception {
        return JSON.readTree(review);
    }
}
