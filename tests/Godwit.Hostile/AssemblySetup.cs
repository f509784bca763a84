using Godwit.Hostile.Support;

[assembly: AssemblyFixture(typeof(HostileBrokers))]
