using Godwit.Interop.Clients;
using Godwit.Testing.Running;

namespace Godwit.Interop.Echo;

/// <summary><c>java/Echo.java</c> on FuseSource's mqtt-client, Debian's <c>libmqtt-client-java</c>; Paho's is not to be had.</summary>
public sealed class JavaEcho : EchoProgram, IEchoAbilities
{
    private const string Package = "default-jdk-headless";
    private const string Libraries = "/usr/share/java";

    private static readonly string[] Jars = ["mqtt-client.jar", "hawtbuf.jar", "hawtdispatch.jar", "hawtdispatch-transport.jar"];

    /// <inheritdoc/>
    public static IReadOnlyList<MqttVersion> Versions => [MqttVersion.Mqtt31, MqttVersion.Mqtt311];

    /// <inheritdoc/>
    public static IReadOnlyList<int> QoSLevels => [0, 1, 2];

    private string ClassPath => string.Join(':', Jars.Select(jar => Path.Combine(Libraries, jar)).Append(OutputDirectory));

    /// <inheritdoc/>
    public override void SkipIfMissing()
    {
        Programs.Require("javac", Package);
        Programs.Require("java", Package);
        Programs.RequireFile(Path.Combine(Libraries, Jars[0]), "Debian package libmqtt-client-java");
    }

    /// <inheritdoc/>
    protected override (string Program, IReadOnlyList<string> Arguments)? Compiler() =>
        (Programs.Require("javac", Package), ["-cp", ClassPath, "-d", OutputDirectory, Path.Combine(Repository.Interop, "java", "Echo.java")]);

    /// <inheritdoc/>
    protected override (string Program, IReadOnlyList<string> Arguments) Program() =>
        (Programs.Require("java", Package), ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", ClassPath, "Echo"]);
}
