using Godwit.Testing.Brokers;
using Godwit.Interop.Clients;
using Godwit.Interop.Echo;

namespace Godwit.Interop.Tests;

/// <summary>The scenarios of <see cref="U8Echo"/>.</summary>
public sealed class U8_mqtt(BrokerUnderTest broker, MosquittoTools client, U8Echo program) : EchoScenarios<U8Echo>(broker, client, program);
