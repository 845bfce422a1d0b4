/// The custom resources of `interlock.dev/v1alpha1`: the wire contract, no behaviour. The CRDs in `crds/` are generated
/// from these types.
@NullMarked
package dev.interlock.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
