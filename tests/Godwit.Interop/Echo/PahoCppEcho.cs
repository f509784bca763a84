using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Echo;

/// <summary><c>cpp/paho_echo.cpp</c> on Eclipse Paho C++, Debian's <c>libpaho-mqttpp-dev</c>.</summary>
public sealed class PahoCppEcho : EchoProgram, IEchoAbilities
{
    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311, MqttVersion.Mqtt5];

    /// <inheritdoc/>
    public static IReadOnlyList<int> QoSLevels => [0, 1, 2];

    private string Executable => Path.Combine(OutputDirectory, "paho_echo");

    /// <inheritdoc/>
    public override void SkipIfMissing()
    {
        Programs.Require("g++", "g++");
        Programs.RequireFile("/usr/include/mqtt/client.h", "Debian package libpaho-mqttpp-dev");
        Programs.RequireFile("/usr/include/MQTTClient.h", "Debian package libpaho-mqtt-dev");
    }

    /// <inheritdoc/>
    protected override (string Program, IReadOnlyList<string> Arguments)? Compiler()
    {
        var source = Path.Combine(Repository.Interop, "cpp", "paho_echo.cpp");

        return (Programs.Require("g++", "g++"), ["-Wall", "-Werror", "-std=c++17", "-o", Executable, source, "-lpaho-mqttpp3", "-lpaho-mqtt3as"]);
    }

    /// <inheritdoc/>
    protected override (string Program, IReadOnlyList<string> Arguments) Program() => (Executable, []);
}
