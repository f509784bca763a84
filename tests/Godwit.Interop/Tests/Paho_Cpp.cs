using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Echo;

namespace Godwit.Interop.Tests;

/// <summary>The scenarios of <see cref="PahoCppEcho"/>.</summary>
public sealed class Paho_Cpp(BrokerUnderTest broker, MosquittoTools client, PahoCppEcho program) : EchoScenarios<PahoCppEcho>(broker, client, program);
