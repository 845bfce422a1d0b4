/// What the cluster knows, behind the core's ports: policies and namespaces from watches, records written, leases
/// renewed.
@NullMarked
package dev.interlock.kubernetes;

import org.jspecify.annotations.NullMarked;
