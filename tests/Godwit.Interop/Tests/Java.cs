using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Echo;

namespace Godwit.Interop.Tests;

/// <summary>The scenarios of <see cref="JavaEcho"/>.</summary>
public sealed class Java(BrokerUnderTest broker, MosquittoTools client, JavaEcho program) : EchoScenarios<JavaEcho>(broker, client, program);
