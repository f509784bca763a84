using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Echo;

/// <summary><c>node/u8-echo.js</c> on u8-mqtt, an npm package that is independent of MQTT.js.</summary>
public sealed class U8Echo : EchoProgram, IEchoAbilities
{
    private static readonly string Folder = Path.Combine(Repository.Interop, "node");

    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    /// <summary>QoS 2 it has not, and at QoS 0 version 0.6.7 fails in its own code.</summary>
    public static IReadOnlyList<int> QoSLevels => [1];

    /// <inheritdoc/>
    public override void SkipIfMissing()
    {
        Programs.Require("node", "nodejs");
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "u8-mqtt")))
        {
            Assert.Skip("npm package u8-mqtt is not there (run 'npm ci' in tests/Godwit.Interop/node)");
        }
    }

    /// <inheritdoc/>
    protected override (string Program, IReadOnlyList<string> Arguments)? Compiler() => null;

    /// <inheritdoc/>
    protected override (string Program, IReadOnlyList<string> Arguments) Program() =>
        (Programs.Require("node", "nodejs"), [Path.Combine(Folder, "u8-echo.js")]);
}
