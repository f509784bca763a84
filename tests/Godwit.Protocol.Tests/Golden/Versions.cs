namespace Godwit.Protocol.Tests.Golden;

/// <summary>The protocol versions in which a golden row holds.</summary>
[Flags]
internal enum Versions
{
    Mqtt31 = 1,
    Mqtt311 = 2,
    Mqtt5 = 4,
    Mqtt3 = Mqtt31 | Mqtt311,
    From311 = Mqtt311 | Mqtt5,
    All = Mqtt31 | Mqtt311 | Mqtt5,
}
