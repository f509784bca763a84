using System.Text;
using Godwit.Broker;
using Godwit.Protocol;
using Godwit.Storage.Journals;

namespace Godwit.Simulation.Tests.Defects;

/// <summary>What is built for users has no mistake that was made on purpose.</summary>
public sealed class ProductTests
{
    [Theory]
    [InlineData(typeof(PacketType))]
    [InlineData(typeof(BrokerCore))]
    [InlineData(typeof(Journal))]
    public void The_product_cannot_be_made_wrong(Type member)
    {
        var assembly = member.Assembly;

        Assert.Null(assembly.GetType("Godwit.Protocol.Defect"));
        Assert.False(Holds(assembly.Location, "will-twice"), "A deliberate mistake is compiled into the product.");
        Assert.False(Holds(assembly.Location, "torn-tail-accepted"), "A deliberate mistake is compiled into the product.");
    }

    [Fact]
    public void The_check_would_see_one()
    {
        Assert.True(Holds(typeof(ProductTests).Assembly.Location, "will-twice"));
    }

    /// <summary>Strings of a program stand in its file as UTF-16.</summary>
    private static bool Holds(string file, string text) => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
}
